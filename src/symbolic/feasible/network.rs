//! The way that a request takes: F14 and F17.

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, some_member};
use crate::request::PrincipalKind::Service;
use crate::symbolic::frame::Key;
use crate::symbolic::usage::ENDPOINT_KEYS;
use keyaki_encodings::term::Term;

const ENDPOINT: [&str; 7] =
    ["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
const CHAIN: [&str; 3] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

impl Context<'_> {
    pub(super) fn network(&self) -> Vec<Row> {
        let public = self.key("aws:SourceIp").map_or_else(Term::falsehood, Key::present);
        let either = Term::or([Term::not(public), self.absent(&ENDPOINT)]);
        let forwarded = Term::or(self.presences(&CHAIN));
        let via = self.value("aws:ViaAWSService", |slot| Term::implies(forwarded.clone(), slot.is_boolean(true)));
        let by_service = Term::implies(self.is(Service), Term::not(forwarded.clone()));
        let ends = ["aws:CalledViaFirst", "aws:CalledViaLast"].map(|end| self.among_callers(end));
        vec![
            ("F14", Hard, "`aws:SourceIp` is absent from calls through a VPC endpoint", either),
            ("F14", Model, "the keys of VPC endpoints are present together", self.together(&ENDPOINT_KEYS)),
            (
                "F17",
                Hard,
                "`aws:CalledVia` keys are present together, in forward access sessions only",
                Term::and([self.together(&CHAIN), via, by_service]),
            ),
            ("F17", Hard, "the first and the last caller are among `aws:CalledVia`", Term::and(ends)),
        ]
    }

    fn among_callers(&self, end: &str) -> Term {
        let (Some(callers), Some((present, end))) = (self.key("aws:CalledVia"), self.slot(end)) else { return Term::truth() };
        Term::implies(Term::and([present, callers.present()]), some_member(callers, |slot| slot.same(end)))
    }
}

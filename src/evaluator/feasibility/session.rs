//! Credentials: temporary ones, multi-factor authentication, root sessions (F18 to F20).

use super::Checker;
use keyaki_iam::request::PrincipalKind::{
    Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service,
};

const ISSUED: &str = "aws:TokenIssueTime";
const MFA: &str = "aws:MultiFactorAuthPresent";
const MFA_AGE: &str = "aws:MultiFactorAuthAge";
const ASSUMED_ROOT: &str = "aws:AssumedRoot";

impl Checker<'_> {
    pub(super) fn session(&mut self) {
        if self.is(&[RoleSession, FederatedUser]) {
            self.demand(&[ISSUED], "F18", "a request with temporary credentials");
        }
        if self.is(&[Service, Anonymous, FederatedIdentity]) {
            self.forbid(&[ISSUED], "F18", self.caller_words());
            self.forbid(&[MFA, MFA_AGE], "F19", self.caller_words());
        }
        self.times();
        // Users and root users may have temporary credentials, which show where the key is
        // mentioned. Whether sessions by `sts:GetFederationToken` may carry multi-factor keys is
        // left open.
        let temporary = self.is(&[RoleSession, FederatedUser]) || self.maybe_present(ISSUED);
        let used = self.truth(MFA).unwrap_or(self.maybe_present(MFA));
        self.require(
            !self.present(MFA_AGE) || used,
            "F19",
            format_args!("`{MFA_AGE}` comes with `{MFA}` true"),
        );
        self.require(
            !self.any_present(&[MFA, MFA_AGE]) || temporary,
            "F19",
            "long-term keys carry no multi-factor keys",
        );
        if self.present(ASSUMED_ROOT) {
            let root = self.is(&[Root]) && temporary && self.truth(ASSUMED_ROOT) == Some(true);
            self.require(
                root,
                "F20",
                format_args!(
                    "`{ASSUMED_ROOT}` is true, and of root users with temporary credentials only"
                ),
            );
        }
    }

    fn times(&mut self) {
        let (now, epoch, issued) =
            (self.instant("aws:CurrentTime"), self.instant("aws:EpochTime"), self.instant(ISSUED));
        let past = [&now, &epoch]
            .into_iter()
            .flatten()
            .all(|now| issued.as_ref().is_none_or(|issued| issued <= now));
        self.require(past, "F18", format_args!("`{ISSUED}` is not in the future"));
        let same = now.is_none() || epoch.is_none() || now == epoch;
        self.require(same, "F18", "`aws:EpochTime` and `aws:CurrentTime` are the same instant");
    }
}

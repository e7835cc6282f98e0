//! The reader of request shapes.

use crate::holds::{lenient, loaded, parsed, prints};
use keyaki::input;
use keyaki::policy::{Kind, Policy, Version};
use keyaki::request::{Principal, Request};
use keyaki::semantics::matches_shape;
use keyaki::shape::{CallerPattern, Shape};
use keyaki::source::Source;

/// Callers of every kind.
const CALLERS: [&str; 8] = [
    "arn:aws:iam::111122223333:user/dev",
    "arn:aws:sts::111122223333:assumed-role/app/s",
    "arn:aws:sts::111122223333:federated-user/dev",
    "arn:aws:iam::111122223333:root",
    "bedrock.amazonaws.com",
    "arn:aws:iam::111122223333:saml-provider/idp",
    "anonymous",
    "nobody",
];

/// The statement of what is accepted prints and reads again; the evaluator decides for every
/// caller.
pub fn run(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes("fuzz", bytes) else { return };
    let Some(value) = parsed(&source) else { return };
    let Some(shape) = loaded(&source, input::shape(&value, &source, &lenient(), "")) else {
        return;
    };
    prints(&Policy {
        kind: Kind::Identity,
        version: Version::V2012,
        id: None,
        statements: vec![shape.statement.clone().into()],
    });
    CALLERS.iter().for_each(|caller| callers(&shape, caller));
}

/// A caller that is excluded has not the shape; without patterns all callers are alike as far as
/// the statement looks at none.
fn callers(shape: &Shape, caller: &str) {
    let principal = Principal {
        role_arn: Some("arn:aws:iam::111122223333:role/path/app".to_owned()),
        ..Principal::new(caller)
    };
    let (action, resource) = ("s3:GetObject".to_owned(), "arn:aws:s3:::bucket/key".to_owned());
    let (resource_account, context) = (None, Default::default());
    let request = Request {
        principal,
        action,
        resource,
        resource_account,
        principal_in_management_account: false,
        context,
    };
    let matches = matches_shape(shape, &request);
    let barred = Shape { not_principals: vec![CallerPattern::Anyone], ..shape.clone() };
    assert!(!matches_shape(&barred, &request));
    let open = Shape { principals: None, not_principals: Vec::new(), ..shape.clone() };
    assert!(!matches || matches_shape(&open, &request));
    for pattern in shape.patterns() {
        assert!(!(pattern.names_root() && pattern.role_name().is_some()));
        assert!(!(pattern.names_service_linked() && pattern.names_root()));
    }
}

//! Templates as texts, with familiar values for what they leave open.

use super::accounts::{ACCOUNT, OTHER_ACCOUNT};
use keyaki_iam::policy::parameter::{Form, Parameter};
use keyaki_iam::policy::{ContextKey, Piece, Template, Variable};

/// Familiar values of a parameter.
pub(super) fn of_parameter(parameter: &Parameter) -> Vec<String> {
    let texts: &[&str] = match &parameter.form {
        Form::Account => &[ACCOUNT, OTHER_ACCOUNT],
        Form::Region => &["us-east-1", "eu-west-1"],
        Form::Partition => &["aws"],
        Form::Text | Form::Field => &["example", "other"],
        Form::OneOf(texts) => return texts.clone(),
    };
    texts.iter().map(ToString::to_string).collect()
}

/// Familiar values of a key, by its name.
pub(super) fn samples(key: &ContextKey) -> &'static [&'static str] {
    let name = key.lower();
    match name {
        "aws:sourceip" => &["203.0.113.7", "2001:db8::7"],
        "aws:vpcsourceip" => &["10.0.0.7"],
        "aws:requestedregion" => &["us-east-1", "eu-west-1"],
        "aws:username" => &["dev"],
        "aws:userid" => &["AROAEXAMPLEROLEID0001:session", "AIDAEXAMPLEUSERID0001"],
        "aws:principalarn" => {
            &["arn:aws:iam::111122223333:user/dev", "arn:aws:iam::111122223333:role/app"]
        }
        "aws:currenttime" | "aws:tokenissuetime" => &["2026-01-01T12:00:00Z"],
        "aws:epochtime" => &["1767268800"],
        "aws:sourcevpc" => &["vpc-0a1b2c3d"],
        "aws:sourcevpce" => &["vpce-0a1b2c3d"],
        _ if name.ends_with("account") => &[ACCOUNT, OTHER_ACCOUNT],
        _ if name.ends_with("orgid") => &["o-exampleorgid", "o-otherorgid1"],
        _ if name.ends_with("arn") => &[
            "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123def456",
            "arn:aws:iam::111122223333:role/example",
        ],
        _ => &[
            "example",
            "other",
            "example-2",
            "true",
            "false",
            "1",
            "0",
            "2026-01-01T12:00:00Z",
            "203.0.113.7",
        ],
    }
}

/// The template as a text, with a filler for each `*` and for each variable.
pub(super) fn written(template: &Template, filler: &str) -> String {
    let mut text = String::new();
    write(template, filler, &mut text);
    text
}

/// Writes it after a text.
pub(super) fn write(template: &Template, filler: &str, text: &mut String) {
    template.pieces.iter().for_each(|piece| text.push_str(piece_as(piece, filler)));
}

fn piece_as<'p>(piece: &'p Piece, filler: &'p str) -> &'p str {
    match piece {
        Piece::Literal(text) => text,
        Piece::AnyChar => "1",
        Piece::AnyString => filler,
        Piece::Variable(Variable { default: Some(default), .. }) => default,
        Piece::Variable(Variable { key, default: None }) => {
            samples(key).first().copied().unwrap_or_default()
        }
    }
}

/// Whether nothing in a template is left open.
pub(super) fn is_literal(template: &Template) -> bool {
    template.pieces.iter().all(|piece| matches!(piece, Piece::Literal(_)))
}

/// As [`written`], with a Region and an account for the wildcards where an ARN has them.
pub(super) fn written_arn(template: &Template, filler: &str) -> String {
    let mut text = String::new();
    for piece in &template.pieces {
        let filler = match (piece, text.matches(':').count()) {
            (Piece::AnyString, 1) => "aws",
            (Piece::AnyString, 3) => "us-east-1",
            (Piece::AnyString, 4) => ACCOUNT,
            _ => filler,
        };
        text.push_str(piece_as(piece, filler));
    }
    text
}

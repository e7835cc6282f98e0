//! What descriptions of APIs, in OpenAPI with the extensions of API Gateway, say of who may call what.

use crate::members;
use keyaki_iam::json::JsonValue;

/// What the description of an API says of who may call what of it.
pub fn described(body: &JsonValue) -> String {
    if body.member("paths").is_none() {
        return body.compact();
    }
    let mut said = String::new();
    callers(body, &mut Vec::new(), &mut said);
    said
}

/// The methods of an API, and what says who may call them, each with the names that lead to it.
fn callers<'v>(value: &'v JsonValue, route: &mut Vec<&'v str>, said: &mut String) {
    const WHO: &[&str] = &["security", "securityDefinitions", "securitySchemes"];
    // What CloudFormation puts there may be anything.
    const WHO_BEGINS: &[&str] = &[
        "x-amazon-apigateway-auth",
        "x-amazon-apigateway-endpoint",
        "x-amazon-apigateway-policy",
        "Fn::",
    ];
    if route.len() == 3 && route.first() == Some(&"paths") {
        said.push_str(&format!("{}; ", route.join(" ")));
    }
    for (name, value) in members(Some(value)) {
        route.push(name);
        let counts = WHO.contains(&name) || WHO_BEGINS.iter().any(|start| name.starts_with(start));
        if counts {
            said.push_str(&format!("{}: {}; ", route.join(" "), value.compact()));
        } else {
            callers(value, route, said);
        }
        route.pop();
    }
}

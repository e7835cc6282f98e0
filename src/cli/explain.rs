//! `keyaki explain` and `keyaki schema`.

use super::args::{ExplainArgs, Format, SchemaArgs};
use super::{Ending, Failure, Io};
use keyaki_iam::policy::read::closest;
use keyaki_reports::{baseline, explain as report, schemas, scripts};
use std::io::Write;

/// `keyaki explain`
pub fn explain(args: &ExplainArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let meanings = match &args.code {
        None => report::meanings(),
        Some(code) => report::of(code),
    };
    if let (true, Some(code)) = (meanings.is_empty(), &args.code) {
        let all = report::meanings();
        let near = closest(code, all.iter().map(|meaning| meaning.code), 1);
        let help = near.first().map_or_else(
            || "`keyaki explain` lists the codes".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Failure::new(format!("error: no answer has the code `{code}`; {help}")));
    }
    match args.format {
        Format::Human => write!(io.out, "{}", report::human(&meanings))?,
        Format::Json => {
            meanings.iter().try_for_each(|meaning| io.out.answer(report::json(meaning)))?
        }
    }
    Ok(Ending::NothingFound)
}

/// `keyaki schema`
pub fn schema(args: &SchemaArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let schemas = schemas::schemas().into_iter();
    let schemas: Vec<_> = schemas
        .chain(keyaki_importers::schemas())
        .chain([baseline::schema(), scripts::schema()])
        .collect();
    let Some(name) = &args.name else {
        for (name, _) in schemas {
            writeln!(io.out, "{name}")?;
        }
        return Ok(Ending::NothingFound);
    };
    let Some((_, schema)) = schemas.iter().find(|(known, _)| known == name) else {
        let near = closest(name, schemas.iter().map(|(known, _)| *known), 1);
        let help = near.first().map_or_else(
            || "`keyaki schema` lists the forms".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Failure::new(format!("error: no answer has the form `{name}`; {help}")));
    };
    writeln!(io.out, "{:#}", schema.as_value())?;
    Ok(Ending::NothingFound)
}

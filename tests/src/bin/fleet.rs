//! Writes a large design: `fleet --interfaces N --seed S --output FILE`.
//!
//! In: a size and a seed. Out: a file, the same for the same input.

use anyhow::{Context as _, bail};

fn main() -> anyhow::Result<()> {
    let (mut interfaces, mut seed, mut output) = (None, 1, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().with_context(|| format!("{name} takes a number, not {value}"));
        match name.as_str() {
            "--interfaces" => interfaces = Some(number()?),
            "--seed" => seed = number()?,
            "--output" => output = Some(value),
            _ => bail!("unknown option {name}: fleet --interfaces N --seed S --output FILE"),
        }
    }
    let interfaces = usize::try_from(interfaces.context("--interfaces N is missing")?)?;
    let output = output.context("--output FILE is missing")?;
    let text = fmnet_tests::fleet::design(interfaces, seed);
    std::fs::write(&output, text).with_context(|| format!("cannot write {output}"))
}

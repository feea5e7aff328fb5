//! The solver: z3, by way of SMT-LIB.
//!
//! In: a [`Formula`]. Out: a header that satisfies it, or that there is none.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use easy_smt::{Context, ContextBuilder, Response, SExpr};
use fmnet_core::address;
use fmnet_core::traffic::Protocol;
use fmnet_sim::packet::Packet;

use super::formula::{Formula, Port, Variable};

/// The version of PyPI's `z3-solver` whose binary is used.
const VERSION: &str = "4.15.4.0";

/// A z3 to run: the one on the path, or one put into `folder`, if need be.
///
/// # Errors
///
/// When there is none and none can be installed.
pub fn z3(folder: &Path) -> Result<PathBuf> {
    let known = Command::new("z3").arg("--version").output();
    if known.is_ok_and(|output| output.status.success()) {
        return Ok("z3".into());
    }
    let binary = folder.join("bin/z3");
    if !binary.is_file() {
        let run = |program: &Path, arguments: &[&str]| -> Result<()> {
            let output = Command::new(program).args(arguments).output();
            let output = output.with_context(|| format!("cannot start {}", program.display()))?;
            ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Ok(())
        };
        let folder = folder.to_str().context("a folder whose name is not UTF-8")?;
        run("python3".as_ref(), &["-m", "venv", folder])?;
        let package = format!("z3-solver=={VERSION}");
        run(&Path::new(folder).join("bin/pip"), &["install", "--quiet", &package])?;
    }
    ensure!(binary.is_file(), "z3-solver brought no {}", binary.display());
    Ok(binary)
}

/// A running solver with the header's variables declared.
pub struct Solver {
    context: Context,
    source: SExpr,
    destination: SExpr,
    protocol: SExpr,
    ports: [SExpr; 3],
    known: HashMap<usize, SExpr>,
}

impl Solver {
    /// Starts `z3`.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(z3: &Path) -> Result<Self> {
        let mut context =
            ContextBuilder::new().solver(z3).solver_args(["-smt2", "-in"]).build().context("cannot start z3")?;
        context.set_logic("QF_BV")?;
        let mut declare = |name: &str, bits: u32| {
            let sort = context.bit_vec_sort(context.numeral(bits));
            context.declare_const(name, sort)
        };
        let (source, destination) = (declare("source", 128)?, declare("destination", 128)?);
        let protocol = declare("protocol", 8)?;
        let ports = [declare("port", 16)?, declare("source_port", 16)?, declare("translated_port", 16)?];
        Ok(Self { context, source, destination, protocol, ports, known: HashMap::new() })
    }

    /// A header that satisfies `formula`, if there is one.
    ///
    /// # Errors
    ///
    /// When the solver gives up.
    pub fn satisfy(mut self, formula: &Formula) -> Result<Option<Packet>> {
        let formula = self.write(formula)?;
        self.context.assert(formula)?;
        match self.context.check()? {
            Response::Unsat => Ok(None),
            Response::Sat => self.header().map(Some),
            Response::Unknown => bail!("the solver gives up"),
        }
    }

    fn header(&mut self) -> Result<Packet> {
        let [port, source_port, translated_port] = self.ports;
        let asked = vec![self.source, self.destination, self.protocol, port, source_port, translated_port];
        let found = self.context.get_value(asked)?;
        let mut numbers = found.iter().map(|(_, value)| {
            let text = self.context.get_atom(*value).unwrap_or_default();
            let digits = text.trim_start_matches('#');
            let (radix, digits) = digits.split_at_checked(1).context("a value of z3 that is no number")?;
            u128::from_str_radix(digits, if radix == "x" { 16 } else { 2 }).context("a value of z3 that is no number")
        });
        let mut next = || numbers.next().context("z3 keeps a value for itself")?;
        let address = |number: u128| -> IpAddr { address::address(number) };
        Ok(Packet {
            source: address(next()?),
            destination: address(next()?),
            protocol: Protocol(next()? as u8),
            port: next()? as u16,
            source_port: next()? as u16,
            translated_port: next()? as u16,
        })
    }

    /// Writes a formula down, each shared part once.
    fn write(&mut self, formula: &Formula) -> Result<SExpr> {
        let place = match formula {
            Formula::And(parts) | Formula::Or(parts) => Some(parts.as_ptr() as usize),
            Formula::Not(inner) => Some(std::rc::Rc::as_ptr(inner) as usize),
            Formula::Differ(both) => Some(std::rc::Rc::as_ptr(both) as usize),
            Formula::True | Formula::False | Formula::Address(..) | Formula::Protocol(_) | Formula::Port(..) => None,
        };
        if let Some(known) = place.and_then(|place| self.known.get(&place)) {
            return Ok(*known);
        }
        let written = match formula {
            Formula::True => self.context.true_(),
            Formula::False => self.context.false_(),
            Formula::Address(variable, range) => {
                let address = match variable {
                    Variable::Source => self.source,
                    Variable::Destination => self.destination,
                };
                self.range(address, 128, *range)
            }
            Formula::Protocol(range) => self.range(self.protocol, 8, *range),
            Formula::Port(port, range) => {
                let [asked, source, translated] = self.ports;
                let port = match port {
                    Port::Asked => asked,
                    Port::AskedSource => source,
                    Port::Translated => translated,
                };
                self.range(port, 16, *range)
            }
            Formula::Not(inner) => {
                let inner = self.write(inner)?;
                self.context.not(inner)
            }
            Formula::And(parts) => {
                let parts = parts.iter().map(|part| self.write(part)).collect::<Result<Vec<_>>>()?;
                self.context.and_many(parts)
            }
            Formula::Or(parts) => {
                let parts = parts.iter().map(|part| self.write(part)).collect::<Result<Vec<_>>>()?;
                self.context.or_many(parts)
            }
            Formula::Differ(both) => {
                let (one, other) = (self.write(&both.0)?, self.write(&both.1)?);
                self.context.xor(one, other)
            }
        };
        let Some(place) = place else { return Ok(written) };
        let name = format!("part_{}", self.known.len());
        let sort = self.context.bool_sort();
        let named = self.context.define_const(name, sort, written)?;
        self.known.insert(place, named);
        Ok(named)
    }

    fn range(&self, value: SExpr, bits: usize, (first, last): (u128, u128)) -> SExpr {
        let number = |number: u128| self.context.atom(format!("#x{number:0digits$x}", digits = bits / 4));
        if first == last {
            return self.context.eq(value, number(first));
        }
        let (above, below) = (self.context.bvuge(value, number(first)), self.context.bvule(value, number(last)));
        self.context.and(above, below)
    }
}

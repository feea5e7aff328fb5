//! The traffic of a question, from the words of options and of batch lines.
//!
//! In: protocol, port, source port and ICMP code as somebody typed them. Out:
//! [`Wanted`]. For ICMP the port is the type, as AWS encodes it.

use std::str::FromStr;

use fmnet_core::traffic::{PortRange, Protocol, Traffic};

/// The words, each as typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words<'w> {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, `any` or a number.
    pub proto: Option<&'w str>,
    /// A destination port or range, or an ICMP type.
    pub port: Option<&'w str>,
    /// A source port or range.
    pub source_port: Option<&'w str>,
    /// An ICMP code.
    pub icmp_code: Option<&'w str>,
}

/// What the words ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which traffic; none where no word says, so that the endpoints decide.
    pub traffic: Option<Traffic>,
    /// Which source ports; none where no word says.
    pub source_ports: Option<PortRange>,
}

/// Reads the words.
///
/// # Errors
///
/// A paragraph that says what is wrong and what to write: an unknown protocol or one
/// over 255; a port, type or code that is no number or too large; a reversed range; a
/// port beside a protocol that has none, or beside none.
pub fn read(words: &Words<'_>) -> Result<Wanted, String> {
    let protocol = words.proto.map(protocol).transpose()?;
    let ports = ports(protocol, words)?;
    let traffic = match protocol {
        None => None,
        Some(None) => Some(Traffic::Any),
        Some(Some(protocol)) => Some(Traffic::Of { protocol, ports }),
    };
    let source_ports = words.source_port.map(|text| range("a source port", text, u16::MAX)).transpose()?;
    if let (Some(_), Some(Some(protocol))) = (source_ports, protocol)
        && !protocol.has_ports()
    {
        return Err(format!("{protocol} has no source ports: leave the source port out, or ask about tcp or udp"));
    }
    Ok(Wanted { traffic, source_ports })
}

/// A protocol by word or number; none for all of them.
fn protocol(word: &str) -> Result<Option<Protocol>, String> {
    let named = match word.to_ascii_lowercase().as_str() {
        // AWS writes -1 for all of them.
        "any" | "all" | "-1" => return Ok(None),
        "tcp" => Some(Protocol::TCP),
        "udp" => Some(Protocol::UDP),
        "icmp" => Some(Protocol::ICMP),
        "icmpv6" => Some(Protocol::ICMPV6),
        _ => None,
    };
    if let Some(protocol) = named {
        return Ok(Some(protocol));
    }
    if let Ok(number) = word.parse::<u8>() {
        return Ok(Some(Protocol(number)));
    }
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    Err(if is_number {
        format!("there is no protocol {word}: protocol numbers go from 0 to 255")
    } else {
        format!("there is no protocol `{word}`: write tcp, udp, icmp, icmpv6, any, or a number from 0 to 255")
    })
}

fn ports(protocol: Option<Option<Protocol>>, words: &Words<'_>) -> Result<PortRange, String> {
    let typed = protocol.flatten().filter(|protocol| protocol.has_types());
    if words.icmp_code.is_some() && typed.is_none() {
        return Err(
            "only icmp and icmpv6 have codes: name one of them as the protocol, or leave the ICMP code out".into()
        );
    }
    let Some(text) = words.port else {
        return match words.icmp_code {
            Some(code) => Err(format!("the ICMP code {code} needs its type: give the type as the port")),
            None => Ok(PortRange::ALL),
        };
    };
    if typed.is_some() {
        return types(text, words.icmp_code);
    }
    match protocol {
        Some(Some(protocol)) if protocol.has_ports() => range("a port", text, u16::MAX),
        None => Err(format!("port {text} of which protocol? name tcp or udp beside it")),
        Some(None) => Err(format!("`any` has no port {text}: name tcp or udp, or leave the port out")),
        Some(Some(protocol)) => Err(format!("{protocol} has no ports: leave the port out, or ask about tcp or udp")),
    }
}

/// ICMP types, with every code or with one.
fn types(text: &str, code: Option<&str>) -> Result<PortRange, String> {
    let kinds = range("an ICMP type", text, u16::from(u8::MAX))?;
    let Some(code) = code else {
        return Ok(PortRange { first: kinds.first << 8, last: kinds.last << 8 | 0xff });
    };
    if kinds.first != kinds.last {
        return Err(format!("the ICMP code {code} belongs to one type, not to types {text}"));
    }
    let code: u8 =
        number(code).ok_or_else(|| format!("`{code}` is not an ICMP code: write a number from 0 to {}", u8::MAX))?;
    Ok(PortRange::one(kinds.first << 8 | u16::from(code)))
}

/// `P` or `A-B`.
fn range(what: &str, text: &str, most: u16) -> Result<PortRange, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let limited = |text| number(text).filter(|&number: &u16| number <= most);
    let (Some(first), Some(last)) = (limited(first), limited(last)) else {
        return Err(format!("`{text}` is not {what}: write a number from 0 to {most}, or a range such as 1-{most}"));
    };
    if first > last {
        return Err(format!("the range {text} is reversed: write {last}-{first}"));
    }
    Ok(PortRange { first, last })
}

/// A whole number in decimal digits, without a sign.
fn number<N: FromStr>(text: &str) -> Option<N> {
    let is_whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(proto: &str, port: &str, code: &str) -> String {
        fn some(text: &str) -> Option<&str> {
            Some(text).filter(|text| !text.is_empty())
        }
        let words = Words { proto: some(proto), port: some(port), source_port: None, icmp_code: some(code) };
        match read(&words) {
            Ok(Wanted { traffic: Some(traffic), .. }) => traffic.to_string(),
            Ok(_) => "-".into(),
            Err(error) => error,
        }
    }

    #[test]
    fn words_become_traffic() {
        assert_eq!(check("", "", ""), "-");
        assert_eq!(check("any", "", ""), "any");
        assert_eq!(check("-1", "", ""), "any");
        assert_eq!(check("TCP", "443", ""), "tcp/443");
        assert_eq!(check("6", "1-1024", ""), "tcp/1-1024");
        assert_eq!(check("icmp", "8", ""), "icmp/8");
        assert_eq!(check("icmpv6", "128", "0"), "icmpv6/128/0");
        assert_eq!(check("50", "", ""), "protocol 50");
    }

    #[test]
    fn mistakes_say_what_to_write() {
        assert_eq!(check("256", "", ""), "there is no protocol 256: protocol numbers go from 0 to 255");
        assert_eq!(check("tcp", "90-80", ""), "the range 90-80 is reversed: write 80-90");
        assert_eq!(check("", "80", ""), "port 80 of which protocol? name tcp or udp beside it");
        assert_eq!(check("50", "80", ""), "protocol 50 has no ports: leave the port out, or ask about tcp or udp");
        assert_eq!(check("icmp", "", "0"), "the ICMP code 0 needs its type: give the type as the port");
        assert!(check("icmp", "300", "").starts_with("`300` is not an ICMP type"));
        assert_eq!(check("icmp", "8", "300"), "`300` is not an ICMP code: write a number from 0 to 255");
        assert!(check("tcp", "-5", "").starts_with("`-5` is not a port"));
        assert!(check("tcp", "80.0", "").starts_with("`80.0` is not a port"));
        assert!(check("tcp", "+80", "").starts_with("`+80` is not a port"));
        assert!(check("tcp", "80", "1").starts_with("only icmp and icmpv6 have codes"));
    }
}

//! The JSON Schema of the design language, which editors use to complete and explain keys.
//!
//! In: the records of [`crate::spec`], from which the parser works too. Out: JSON Schema
//! 2020-12. It is never stricter than the parser.

use serde_json::{Map, Value, json};

use crate::spec::design::DESIGN;
use crate::spec::shape::{Grammar, Key, Need, Record, Shape};
use crate::spec::traffic;

/// The JSON Schema of the language, pretty-printed.
#[must_use]
pub fn json_schema() -> String {
    let mut schema = Schema { definitions: Map::new() };
    let mut design = schema.record_body(&DESIGN);
    design.remove("type");
    let mut whole = Map::new();
    whole.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    whole.insert("title".to_owned(), json!("fmnet design"));
    whole.insert("description".to_owned(), json!("One VPC, and what its owners intend."));
    whole.insert("type".to_owned(), json!("object"));
    whole.extend(design);
    whole.insert("$defs".to_owned(), Value::Object(schema.definitions));
    // `{:#}` writes JSON with two spaces of indentation, and cannot fail.
    format!("{:#}\n", Value::Object(whole))
}

/// The definitions so far, each written once.
struct Schema {
    definitions: Map<String, Value>,
}

impl Schema {
    fn shape(&mut self, shape: &Shape) -> Value {
        match *shape {
            Shape::Name => {
                let name = || json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "\\S"});
                self.define("name", |_| name())
            }
            Shape::Text => json!({"type": ["string", "number", "boolean"]}),
            Shape::Bool => json!({"type": "boolean"}),
            Shape::Number(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
            Shape::NumberOrName => json!({"type": ["integer", "string"]}),
            Shape::Word(words) => json!({"enum": words}),
            Shape::Line(grammar) => self.define(grammar.name, |_| line(grammar)),
            Shape::List(item) => json!({"type": ["array", "null"], "items": self.shape(item)}),
            Shape::OneOrMore(item) => {
                let one = self.shape(item);
                json!({"anyOf": [one.clone(), {"type": "array", "items": one}]})
            }
            Shape::Record(record) => self.define(record.name, |schema| Value::Object(schema.record_body(record))),
            Shape::Records(record) => named(&self.shape(&Shape::Record(record))),
            Shape::Named(value) => named(&self.shape(value)),
            Shape::Either(shapes) => {
                let shapes: Vec<Value> = shapes.iter().map(|shape| self.shape(shape)).collect();
                json!({"anyOf": shapes})
            }
        }
    }

    /// Refers to a definition, and writes it if it is new.
    fn define(&mut self, name: &str, body: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.definitions.contains_key(name) {
            // The name is taken first, so that definitions stand in the order of their first use.
            self.definitions.insert(name.to_owned(), Value::Null);
            let body = body(self);
            self.definitions.insert(name.to_owned(), body);
        }
        json!({"$ref": format!("#/$defs/{name}")})
    }

    fn record_body(&mut self, record: &Record) -> Map<String, Value> {
        let required: Vec<&str> =
            record.keys.iter().filter(|key| key.need == Need::Required).map(|key| key.name).collect();
        let properties: Map<String, Value> =
            record.keys.iter().map(|key| (key.name.to_owned(), self.property(key))).collect();
        let mut body = Map::new();
        // A mapping with nothing in it may be left empty.
        let kind = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
        body.insert("type".to_owned(), kind);
        body.insert("properties".to_owned(), Value::Object(properties));
        if !required.is_empty() {
            body.insert("required".to_owned(), json!(required));
        }
        body.insert("additionalProperties".to_owned(), json!(false));
        body
    }

    fn property(&mut self, key: &Key) -> Value {
        let mut property = Map::new();
        property.insert("description".to_owned(), json!(key.about));
        if let Value::Object(shape) = self.shape(&key.shape) {
            property.extend(shape);
        }
        Value::Object(property)
    }
}

/// A mapping from names.
fn named(value: &Value) -> Value {
    let names = json!({"minLength": 1, "maxLength": 255});
    json!({"type": ["object", "null"], "propertyNames": names, "additionalProperties": value})
}

fn line(grammar: &Grammar) -> Value {
    let pattern = grammar.pattern.replace("TRAFFIC", traffic::PATTERN);
    json!({"description": grammar.about, "type": "string", "pattern": pattern})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::shape::reach;

    fn schema() -> Value {
        serde_json::from_str(&json_schema()).unwrap_or_default()
    }

    #[test]
    fn every_key_is_in_the_schema_and_no_other() {
        let schema = schema();
        let mut seen = vec![];
        reach(&Shape::Record(&DESIGN), "", &mut |record, _| {
            let path = if record.name == "design" { String::new() } else { format!("/$defs/{}", record.name) };
            let properties = schema.pointer(&format!("{path}/properties")).and_then(Value::as_object);
            let keys: Vec<&str> = properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            assert_eq!(keys, record.names().collect::<Vec<_>>(), "{}", record.name);
            assert!(
                properties.into_iter().flatten().all(|(_, key)| key.get("description").is_some()),
                "{}",
                record.name
            );
            if !seen.contains(&record.name) {
                seen.push(record.name);
            }
        });
        let definitions = schema.get("$defs").and_then(Value::as_object);
        let records = definitions.into_iter().flatten().filter(|(_, body)| body.get("properties").is_some());
        assert_eq!(records.count() + 1, seen.len());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let (text, schema) = (json_schema(), schema());
        let rests = text.match_indices("\"#/$defs/").map(|(at, found)| text.split_at(at + found.len()).1);
        for name in rests.filter_map(|rest| rest.split('"').next()) {
            assert!(schema.pointer(&format!("/$defs/{name}")).is_some_and(Value::is_object), "{name}");
        }
    }
}

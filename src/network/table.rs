//! Rows of connections, small enough for millions: ends, and what is allowed, by number.

use std::collections::HashMap;

use rayon::prelude::*;

use super::ports::Ports;

/// Source, destination and what is allowed, each by number.
type Row = [u32; 3];

/// What may be sent from one end to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Connection<'a> {
    /// Who opens it: a workload, or a CIDR block outside.
    pub(crate) source: &'a str,
    /// Who accepts it.
    pub(crate) destination: &'a str,
    /// What is allowed; never nothing.
    pub(crate) allowed: &'a str,
}

/// Connections by source and destination, each pair once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// All ends, in the order of their names.
    names: Vec<String>,
    /// What is allowed, in words.
    allowed: Vec<String>,
    rows: Vec<Row>,
}

impl Table {
    /// The connections, by source and destination.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Connection<'_>> {
        let name = |id: u32| self.names[id as usize].as_str();
        self.rows
            .iter()
            .map(move |[source, destination, allowed]| Connection {
                source: name(*source),
                destination: name(*destination),
                allowed: &self.allowed[*allowed as usize],
            })
    }

    /// How many connections there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// Connections as they are found; a part can be filled beside others.
#[derive(Debug, Default)]
pub(super) struct Part {
    names: Interned<String>,
    ports: Interned<Ports>,
    rows: Vec<Row>,
}

impl Part {
    /// A part in which some ends have the numbers of their positions.
    pub(super) fn of(ends: impl Iterator<Item = String>) -> Self {
        let mut part = Self::default();
        ends.for_each(|end| {
            part.names.id(end);
        });
        part
    }

    /// Adds a connection.
    pub(super) fn add(&mut self, source: &str, destination: &str, allowed: &Ports) {
        let ends = (
            self.names.id(source.to_owned()),
            self.names.id(destination.to_owned()),
        );
        let allowed = self.ports.id(allowed.clone());
        self.rows.push([ends.0, ends.1, allowed]);
    }

    /// The number of what is allowed, for [`Part::add_row`].
    pub(super) fn allowed(&mut self, allowed: &Ports) -> u32 {
        self.ports.id(allowed.clone())
    }

    /// Adds a connection between ends by their numbers in the whole that this part is joined to.
    pub(super) fn add_row(&mut self, source: usize, destination: usize, allowed: u32) {
        let number = |position| SHARED | u32::try_from(position).unwrap_or(u32::MAX >> 1);
        self.rows
            .push([number(source), number(destination), allowed]);
    }

    /// Adds the connections of another part.
    pub(super) fn join(&mut self, other: Self) {
        let names: Vec<u32> = other
            .names
            .values
            .into_iter()
            .map(|name| self.names.id(name))
            .collect();
        let ports: Vec<u32> = other
            .ports
            .values
            .into_iter()
            .map(|ports| self.ports.id(ports))
            .collect();
        let end = |id: u32| {
            if id & SHARED == 0 {
                names[id as usize]
            } else {
                id & !SHARED
            }
        };
        let rows = other.rows.into_iter();
        self.rows.extend(rows.map(|[source, destination, allowed]| {
            [end(source), end(destination), ports[allowed as usize]]
        }));
    }

    /// All connections in order. Two classes of one end may reach the same other end: the end may
    /// do what either may.
    pub(super) fn finish(mut self) -> Table {
        let mut order: Vec<u32> = (0..).take(self.names.values.len()).collect();
        order.sort_unstable_by(|one, other| {
            self.names.values[*one as usize].cmp(&self.names.values[*other as usize])
        });
        let mut rank = vec![0; order.len()];
        for (new, old) in (0..).zip(&order) {
            rank[*old as usize] = new;
        }
        self.rows
            .par_iter_mut()
            .for_each(|[source, destination, _]| {
                *source = rank[*source as usize];
                *destination = rank[*destination as usize];
            });
        self.rows.par_sort_unstable();
        let mut rows: Vec<Row> = Vec::with_capacity(self.rows.len());
        for next in self.rows {
            match rows.last_mut() {
                Some(last) if last[..2] == next[..2] => {
                    let mut both = self.ports.values[last[2] as usize].clone();
                    both.add(&self.ports.values[next[2] as usize]);
                    last[2] = self.ports.id(both);
                }
                _ => rows.push(next),
            }
        }
        let mut names: Vec<String> = order
            .iter()
            .map(|old| std::mem::take(&mut self.names.values[*old as usize]))
            .collect();
        names.shrink_to_fit();
        Table {
            names,
            allowed: self.ports.values.iter().map(ToString::to_string).collect(),
            rows,
        }
    }
}

/// Marks the number of an end in the whole that a part is joined to.
const SHARED: u32 = 1 << 31;

/// Values by number, each once.
#[derive(Debug)]
struct Interned<T> {
    values: Vec<T>,
    ids: HashMap<T, u32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            ids: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Interned<T> {
    fn id(&mut self, value: T) -> u32 {
        if let Some(id) = self.ids.get(&value) {
            return *id;
        }
        let id = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(value.clone());
        self.ids.insert(value, id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::super::ports::Protocol;
    use super::*;

    #[test]
    fn parts_are_joined_and_pairs_stand_once() {
        let ports = |first, last| {
            let mut ports = Ports::default();
            ports.insert(Protocol::Tcp, first, last);
            ports
        };
        let mut whole = Part::of(["b", "a"].map(str::to_owned).into_iter());
        let mut one = Part::default();
        let allowed = one.allowed(&ports(80, 80));
        one.add_row(0, 1, allowed);
        one.add("10.0.0.0/8", "b", &ports(1, 2));
        let mut other = Part::default();
        let allowed = other.allowed(&ports(81, 82));
        other.add_row(0, 1, allowed);
        whole.join(one);
        whole.join(other);
        let table = whole.finish();
        let told: Vec<String> = table
            .iter()
            .map(|row| format!("{} {} {}", row.source, row.destination, row.allowed))
            .collect();
        assert_eq!(told, ["10.0.0.0/8 b TCP 1-2", "b a TCP 80-82"]);
        assert_eq!(table.len(), 2);
    }
}

//! What of a connection is allowed: a set of ports for each protocol.

use std::fmt;

use rangemap::RangeInclusiveSet;

/// The smallest and the largest port.
const ALL_PORTS: std::ops::RangeInclusive<u16> = 1..=u16::MAX;

/// A protocol that policies tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Protocol {
    /// SCTP.
    Sctp,
    /// TCP, which is meant where none is named.
    Tcp,
    /// UDP.
    Udp,
}

impl Protocol {
    /// In the order in which they are told.
    pub(crate) const ALL: [Self; 3] = [Self::Sctp, Self::Tcp, Self::Udp];

    /// The protocol of a name as Kubernetes writes it.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// The name as Kubernetes writes it.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sctp => "SCTP",
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Sctp => 0,
            Self::Tcp => 1,
            Self::Udp => 2,
        }
    }
}

/// Ports by protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ports([RangeInclusiveSet<u16>; 3]);

impl Ports {
    /// Every port of every protocol.
    pub(crate) fn all() -> Self {
        let mut all = Self::default();
        for protocol in Protocol::ALL {
            all.insert(protocol, 1, u16::MAX);
        }
        all
    }

    /// One port of TCP.
    pub(crate) fn tcp(port: u16) -> Self {
        let mut ports = Self::default();
        ports.insert(Protocol::Tcp, port, port);
        ports
    }

    /// Adds the ports from `first` to `last`; nothing where that is no range.
    pub(crate) fn insert(&mut self, protocol: Protocol, first: u16, last: u16) {
        if first <= last && first >= *ALL_PORTS.start() {
            self.0[protocol.index()].insert(first..=last);
        }
    }

    /// Whether nothing is allowed.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(RangeInclusiveSet::is_empty)
    }

    /// Whether everything is allowed.
    #[must_use]
    pub(crate) fn is_all(&self) -> bool {
        let is_full = |set: &RangeInclusiveSet<u16>| set.iter().eq([&ALL_PORTS]);
        self.0.iter().all(is_full)
    }

    /// Whether a port is in the set.
    #[must_use]
    pub(crate) fn contains(&self, protocol: Protocol, port: u16) -> bool {
        self.0[protocol.index()].contains(&port)
    }

    /// Whether both have a port in common.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        !self.intersection(other).is_empty()
    }

    /// Adds what another set holds.
    pub(crate) fn add(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            own.extend(other.iter().cloned());
        }
    }

    /// What is in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut both = Self::default();
        for ((own, other), both) in self.0.iter().zip(&other.0).zip(&mut both.0) {
            both.extend(own.intersection(other));
        }
        both
    }

    /// What another set does not hold.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut left = self.clone();
        for (left, other) in left.0.iter_mut().zip(&other.0) {
            for range in other.iter() {
                left.remove(range.clone());
            }
        }
        left
    }

    /// Protocol, first and last port of each range, in the order in which they are told.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (Protocol, u16, u16)> {
        let of = |protocol: Protocol| {
            let ranges = self.0[protocol.index()].iter();
            ranges.map(move |range| (protocol, *range.start(), *range.end()))
        };
        Protocol::ALL.into_iter().flat_map(of)
    }
}

/// `all`, `none`, or protocols with their ports: `TCP 80,443-445;UDP 53`.
impl fmt::Display for Ports {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return formatter.write_str("all");
        }
        if self.is_empty() {
            return formatter.write_str("none");
        }
        let mut told = None;
        for (protocol, first, last) in self.ranges() {
            match told {
                Some(before) if before == protocol => formatter.write_str(",")?,
                Some(_) => write!(formatter, ";{} ", protocol.as_str())?,
                None => write!(formatter, "{} ", protocol.as_str())?,
            }
            told = Some(protocol);
            if first == last {
                write!(formatter, "{first}")?;
            } else {
                write!(formatter, "{first}-{last}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(ranges: &[(Protocol, u16, u16)]) -> Ports {
        let mut ports = Ports::default();
        for (protocol, first, last) in ranges {
            ports.insert(*protocol, *first, *last);
        }
        ports
    }

    #[test]
    fn ranges_that_touch_are_one() {
        let touching = ports(&[
            (Protocol::Udp, 53, 53),
            (Protocol::Tcp, 443, 444),
            (Protocol::Tcp, 80, 80),
            (Protocol::Tcp, 445, 445),
        ]);
        assert_eq!(touching.to_string(), "TCP 80,443-445;UDP 53");
    }

    #[test]
    fn everything_is_told_in_one_word() {
        assert_eq!(Ports::all().to_string(), "all");
        assert_eq!(Ports::default().to_string(), "none");
        let tcp = ports(&[(Protocol::Tcp, 1, u16::MAX)]);
        assert_eq!(tcp.to_string(), "TCP 1-65535");
        let mut rest = Ports::all().without(&tcp);
        assert_eq!(rest.to_string(), "SCTP 1-65535;UDP 1-65535");
        rest.add(&tcp);
        assert!(rest.is_all());
    }

    #[test]
    fn sets_are_cut_and_joined() {
        let low = ports(&[(Protocol::Tcp, 1, 100), (Protocol::Udp, 53, 53)]);
        let high = ports(&[(Protocol::Tcp, 90, 200)]);
        assert_eq!(low.intersection(&high).to_string(), "TCP 90-100");
        assert_eq!(low.without(&high).to_string(), "TCP 1-89;UDP 53");
        assert!(!low.overlaps(&ports(&[(Protocol::Udp, 54, 54)])));
    }

    #[test]
    fn what_is_no_range_adds_nothing() {
        assert!(ports(&[(Protocol::Tcp, 10, 9), (Protocol::Tcp, 0, 0)]).is_empty());
    }
}

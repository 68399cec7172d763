//! Addresses outside the cluster: CIDR blocks as ranges, and ranges as CIDR blocks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Subnets};
use rangemap::{RangeInclusiveSet, StepLite};

/// An address of either family; those of version 4 come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Address {
    is_version_6: bool,
    value: u128,
}

/// What lies next to an address of its own family; beyond the last one nothing is asked.
impl StepLite for Address {
    fn add_one(&self) -> Self {
        let value = self.value.saturating_add(1);
        Self { value, ..*self }
    }

    fn sub_one(&self) -> Self {
        let value = self.value.saturating_sub(1);
        Self { value, ..*self }
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self {
                is_version_6: false,
                value: u128::from(address.to_bits()),
            },
            IpAddr::V6(address) => Self {
                is_version_6: true,
                value: address.to_bits(),
            },
        }
    }
}

impl Address {
    /// Whether it is one of version 6.
    pub(crate) fn is_version_6(self) -> bool {
        self.is_version_6
    }

    /// The next one of its family.
    pub(crate) fn next(self) -> Option<Self> {
        (self != *everywhere(self.is_version_6).end()).then(|| self.add_one())
    }

    /// The one before it in its family.
    pub(crate) fn before(self) -> Option<Self> {
        (self.value > 0).then(|| self.sub_one())
    }
}

/// Private networks, in which nodes and pods have their addresses.
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/// An address outside the cluster that is nobody's: one of RFC 5737.
pub(super) fn stranger() -> Address {
    Address::from(IpAddr::from([192, 0, 2, 1]))
}

/// A set of addresses.
pub(crate) type Addresses = RangeInclusiveSet<Address>;

/// All addresses of version 4, or of version 6.
pub(crate) fn everywhere(is_version_6: bool) -> RangeInclusive<Address> {
    let address = |value| Address {
        is_version_6,
        value,
    };
    let last = if is_version_6 {
        u128::MAX
    } else {
        u128::from(u32::MAX)
    };
    address(0)..=address(last)
}

/// The addresses of a CIDR block, whatever its host bits; `None` where the text is none.
pub(crate) fn block(text: &str) -> Option<RangeInclusive<Address>> {
    let block: IpNet = text.parse().ok()?;
    Some(block.network().into()..=block.broadcast().into())
}

/// Whether all addresses of a family are in a set.
pub(crate) fn covers_everywhere(addresses: &Addresses) -> bool {
    addresses
        .iter()
        .any(|range| *range == everywhere(false) || *range == everywhere(true))
}

/// Whether all addresses of both families are in a set.
pub(crate) fn is_world(addresses: &Addresses) -> bool {
    addresses.iter().eq([&everywhere(false), &everywhere(true)])
}

/// Whether nearly all addresses are in a set, those of private networks included.
pub(crate) fn leaves_private(addresses: &Addresses) -> bool {
    let holds = |text: &&str| {
        let range = block(text);
        range.is_some_and(|range| addresses.gaps(&range).next().is_none())
    };
    PRIVATE.iter().all(holds)
}

/// Whether some of the addresses are those of private networks.
pub(crate) fn meets_private(addresses: &Addresses) -> bool {
    let mut private = PRIVATE.iter().filter_map(|text| block(text));
    private.any(|range| addresses.overlaps(&range))
}

/// Whether they are one address alone.
pub(crate) fn is_one(addresses: &Addresses) -> bool {
    let mut ranges = addresses.iter();
    let first = ranges.next();
    first.is_some_and(|range| range.start() == range.end()) && ranges.next().is_none()
}

/// The fewest CIDR blocks that make up a range.
pub(crate) fn blocks(range: &RangeInclusive<Address>) -> Vec<String> {
    let (first, last) = (range.start().value, range.end().value);
    let subnets = if range.start().is_version_6 {
        let ends = (Ipv6Addr::from_bits(first), Ipv6Addr::from_bits(last));
        IpSubnets::V6(Ipv6Subnets::new(ends.0, ends.1, 0))
    } else {
        let address = |value| Ipv4Addr::from_bits(u32::try_from(value).unwrap_or(u32::MAX));
        IpSubnets::V4(Ipv4Subnets::new(address(first), address(last), 0))
    };
    subnets.map(|subnet| subnet.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> Vec<String> {
        blocks(&block(text).expect("is a block"))
    }

    #[test]
    fn a_block_is_written_as_it_was_read() {
        for text in [
            "0.0.0.0/0",
            "10.0.0.0/8",
            "192.0.2.7/32",
            "::/0",
            "2001:db8::/32",
        ] {
            assert_eq!(round_trip(text), [text]);
        }
        assert_eq!(round_trip("10.1.2.3/8"), ["10.0.0.0/8"]);
    }

    #[test]
    fn what_is_cut_out_leaves_the_fewest_blocks() {
        let mut left: Addresses = [block("10.0.0.0/8").expect("is a block")]
            .into_iter()
            .collect();
        left.remove(block("10.128.0.0/10").expect("is a block"));
        let left: Vec<String> = left.iter().flat_map(blocks).collect();
        assert_eq!(left, ["10.0.0.0/9", "10.192.0.0/10"]);
    }

    #[test]
    fn the_families_never_touch() {
        let both: Addresses = [everywhere(false), everywhere(true)].into_iter().collect();
        assert_eq!(both.len(), 2);
        assert!(both.iter().flat_map(blocks).eq(["0.0.0.0/0", "::/0"]));
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in ["", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "a/8"] {
            assert_eq!(block(text), None, "{text}");
        }
    }
}

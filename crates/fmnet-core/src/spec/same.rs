//! Whether two designs say the same, wherever they say it.
//!
//! In: two [`Spec`]s. Out: a yes or no that forgets places. What each key holds is
//! forgotten beside its parser.

use super::design::PARTS;
use super::part::Of;
use super::{Name, Spanned, Spec};
use crate::source::Span;

impl Spec {
    /// Whether `other` is the same, places apart.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let (mut one, mut two) = (self.clone(), other.clone());
        forget_places(&mut one);
        forget_places(&mut two);
        one == two
    }
}

fn forget_places(spec: &mut Spec) {
    for part in &PARTS {
        match part {
            Of::Vpc(part) => spec.vpcs.iter_mut().for_each(part.forget),
            Of::Design(part) => (part.forget)(spec),
        }
    }
    for vpc in &mut spec.vpcs {
        forget(vpc.name.iter_mut().chain(&mut vpc.region).chain(&mut vpc.account));
    }
}

/// Forgets where each stands.
pub(super) fn forget<'a, T: 'a>(spanned: impl IntoIterator<Item = &'a mut Spanned<T>>) {
    for spanned in spanned {
        spanned.span = Span::NOWHERE;
    }
}

/// Forgets where tags stand.
pub(super) fn forget_tags(tags: &mut [(Name, Name)]) {
    forget(tags.iter_mut().flat_map(|(key, value)| [key, value]));
}

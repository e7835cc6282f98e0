//! All texts of a product, one after another.

use super::Exhausted;
use super::product::Product;
use rustc_hash::FxHashSet;

/// Calls `visit` with the texts of a product, the shortest first and of equal length the most
/// natural first, until it says `false` or there are no more.
pub(super) fn enumerate(
    product: &mut Product<'_>,
    visit: &mut dyn FnMut(&[u32]) -> bool,
) -> Result<(), Exhausted> {
    // The states that texts of each length lead to.
    let mut layers: Vec<Vec<u32>> = vec![if product.len() == 0 { Vec::new() } else { vec![0] }];
    let mut useful: Option<FxHashSet<u32>> = None;
    while let Some(last) = layers.last().filter(|last| !last.is_empty()).cloned() {
        if last.iter().any(|state| product.accepts(*state)) && !texts(product, &layers, visit)? {
            return Ok(());
        }
        let known = product.len();
        let mut next = successors(product, &last)?;
        if useful.is_none() && product.len() == known {
            useful = closed(product)?;
        }
        if let Some(useful) = &useful {
            next.retain(|state| useful.contains(state));
        }
        product.charge(next.len())?;
        layers.push(next);
    }
    Ok(())
}

fn successors(product: &mut Product<'_>, layer: &[u32]) -> Result<Vec<u32>, Exhausted> {
    let mut next = Vec::new();
    for state in layer {
        next.extend(product.moves(*state)?.iter().map(|step| step.2));
    }
    next.sort_unstable();
    next.dedup();
    Ok(next)
}

/// Makes the rest of the product; gives the states from which a text can end.
fn closed(product: &mut Product<'_>) -> Result<Option<FxHashSet<u32>>, Exhausted> {
    let mut before: Vec<Vec<u32>> = Vec::new();
    let mut state = 0;
    while (state as usize) < product.len() {
        for step in product.moves(state)?.iter() {
            if before.len() <= step.2 as usize {
                before.resize(step.2 as usize + 1, Vec::new());
            }
            before.get_mut(step.2 as usize).into_iter().for_each(|list| list.push(state));
        }
        state += 1;
    }
    let mut open: Vec<u32> = (0..state).filter(|state| product.accepts(*state)).collect();
    let mut useful: FxHashSet<u32> = open.iter().copied().collect();
    while let Some(state) = open.pop() {
        for &earlier in before.get(state as usize).into_iter().flatten() {
            if useful.insert(earlier) {
                open.push(earlier);
            }
        }
    }
    Ok(Some(useful))
}

/// The texts whose length is that of the last layer. `false` if `visit` said so.
fn texts(
    product: &mut Product<'_>,
    layers: &[Vec<u32>],
    visit: &mut dyn FnMut(&[u32]) -> bool,
) -> Result<bool, Exhausted> {
    let length = layers.len() - 1;
    let Some(ways) = ways(product, layers)? else { return Ok(true) };
    // A place on the way: the state, the number of the move that is taken, and how far its letters
    // are.
    let mut path: Vec<(u32, usize, u32)> = vec![(0, 0, 0)];
    let mut letters: Vec<u32> = Vec::new();
    while let Some(&(state, number, offset)) = path.last() {
        if letters.len() == length {
            if !visit(&letters) {
                return Ok(false);
            }
            path.pop();
            letters.pop();
            continue;
        }
        let moves = product.moves(state)?;
        let Some(&(low, high, next)) = moves.get(number) else {
            path.pop();
            letters.pop();
            continue;
        };
        let possible = ways.get(letters.len() + 1).is_some_and(|states| states.contains(&next))
            && low + offset <= high;
        if let Some(place) = path.last_mut() {
            *place = if possible { (state, number, offset + 1) } else { (state, number + 1, 0) };
        }
        if possible {
            path.push((next, 0, 0));
            letters.push(low + offset);
        }
    }
    Ok(true)
}

/// The states of each layer from which the end is reached in the last one; `None` if there are
/// none.
fn ways(
    product: &mut Product<'_>,
    layers: &[Vec<u32>],
) -> Result<Option<Vec<FxHashSet<u32>>>, Exhausted> {
    let mut ways: Vec<FxHashSet<u32>> = Vec::with_capacity(layers.len());
    for layer in layers.iter().rev() {
        let mut states = FxHashSet::default();
        for &state in layer {
            let leads = match ways.last() {
                None => product.accepts(state),
                Some(later) => product.moves(state)?.iter().any(|step| later.contains(&step.2)),
            };
            if leads {
                states.insert(state);
            }
        }
        if states.is_empty() {
            return Ok(None);
        }
        ways.push(states);
    }
    ways.reverse();
    Ok(Some(ways))
}

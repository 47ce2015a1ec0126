//! The step graph as coordinates: steps in columns by the longest chain of needs, few crossings, the same every time.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// A step, or a bend of a line that passes a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// The step of an index.
    Step(usize),
    /// A bend.
    Bend,
}

/// A laid-out graph in units of one row.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// What stands in each cell.
    pub(super) cells: Vec<Cell>,
    /// The column of each cell.
    pub(super) column: Vec<usize>,
    /// The middle of each cell, in thousandths of a row.
    pub(super) y: Vec<i64>,
    /// Which cell leads to which, a column further.
    pub(super) lines: Vec<(usize, usize)>,
    /// How many columns there are.
    pub(super) columns: usize,
    /// How many thousandths of rows it is high.
    pub(super) height: i64,
}

/// A row.
const ROW: i64 = 1_000;
/// The room that a bend takes.
const BEND: i64 = 400;
/// How often the columns are put in order by their neighbours.
const SWEEPS: usize = 8;
/// The most cells that are drawn; above that a drawing tells nobody anything.
const CELLS: usize = 3_000;

/// Lays out `count` steps; an edge leads from a need to the step that needs it. None where nothing needs anything, or
/// where it would be too much. Needs in a circle, which no plan has, are left out.
pub(super) fn layout(count: usize, edges: &BTreeSet<(usize, usize)>) -> Option<Layout> {
    let columns = columns(count, edges);
    let kept: Vec<(usize, usize)> =
        edges.iter().copied().filter(|(from, to)| from.max(to) < &count && columns[*from] < columns[*to]).collect();
    let cells = count + kept.iter().map(|(from, to)| columns[*to] - columns[*from] - 1).sum::<usize>();
    if kept.is_empty() || cells > CELLS {
        return None;
    }
    let mut layout = Layout {
        cells: (0..count).map(Cell::Step).collect(),
        columns: columns.iter().max().map_or(0, |last| last + 1),
        column: columns,
        ..Layout::default()
    };
    for (from, to) in kept {
        layout.connect(from, to);
    }
    layout.place();
    Some(layout)
}

/// The column of each step: one more than the last of its needs.
fn columns(count: usize, edges: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut columns = vec![0; count];
    let mut open = vec![0_usize; count];
    let mut out: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (from, to) in edges.iter().filter(|(from, to)| from.max(to) < &count) {
        open[*to] += 1;
        out.entry(*from).or_default().push(*to);
    }
    let mut ready: Vec<usize> = (0..count).filter(|step| open[*step] == 0).collect();
    while let Some(step) = ready.pop() {
        for next in out.get(&step).into_iter().flatten() {
            columns[*next] = columns[*next].max(columns[step] + 1);
            open[*next] -= 1;
            if open[*next] == 0 {
                ready.push(*next);
            }
        }
    }
    // Steps in a circle stand in the first column, and no line leads to them.
    for (column, _) in columns.iter_mut().zip(&open).filter(|(_, open)| **open > 0) {
        *column = 0;
    }
    columns
}

impl Layout {
    /// Adds a line, with a bend in each column that it passes.
    fn connect(&mut self, from: usize, to: usize) {
        let mut last = from;
        for column in self.column[from] + 1..self.column[to] {
            self.cells.push(Cell::Bend);
            self.column.push(column);
            let bend = self.cells.len() - 1;
            self.lines.push((last, bend));
            last = bend;
        }
        self.lines.push((last, to));
    }

    fn place(&mut self) {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.cells.len()];
        let mut after = before.clone();
        for (from, to) in &self.lines {
            before[*to].push(*from);
            after[*from].push(*to);
        }
        let mut order: Vec<Vec<usize>> = vec![Vec::new(); self.columns];
        for (cell, column) in self.column.iter().enumerate() {
            order[*column].push(cell);
        }
        self.y = vec![0; self.cells.len()];
        for column in &order {
            self.stack(column);
        }
        for sweep in 0..SWEEPS {
            let neighbours = if sweep % 2 == 0 { &before } else { &after };
            for index in 0..self.columns {
                let index = if sweep % 2 == 0 { index } else { self.columns - 1 - index };
                let wish: Vec<i64> = order[index].iter().map(|cell| self.wish(*cell, &neighbours[*cell])).collect();
                let mut wished: Vec<(i64, usize)> = wish.into_iter().zip(order[index].iter().copied()).collect();
                wished.sort_by_key(|(wish, _)| *wish);
                order[index] = wished.iter().map(|(_, cell)| *cell).collect();
                self.spread(&wished);
            }
        }
        let top = self.cells.iter().zip(&self.y).map(|(cell, y)| y - room(*cell) / 2).min().unwrap_or(0);
        self.y.iter_mut().for_each(|y| *y -= top);
        self.height = self.cells.iter().zip(&self.y).map(|(cell, y)| y + room(*cell) / 2).max().unwrap_or(0);
    }

    /// The middle of the neighbours; without any, where the cell is.
    fn wish(&self, cell: usize, neighbours: &[usize]) -> i64 {
        let count = i64::try_from(neighbours.len()).unwrap_or(i64::MAX);
        if count == 0 { self.y[cell] } else { neighbours.iter().map(|other| self.y[*other]).sum::<i64>() / count }
    }

    /// Puts cells one below the other.
    fn stack(&mut self, column: &[usize]) {
        let mut y = 0;
        for cell in column {
            let room = room(self.cells[*cell]);
            self.y[*cell] = y + room / 2;
            y += room;
        }
    }

    /// Gives each cell the place nearest to its wish: the middle between pushing down from above and up from below.
    fn spread(&mut self, wished: &[(i64, usize)]) {
        let rooms: Vec<i64> = wished.iter().map(|(_, cell)| room(self.cells[*cell])).collect();
        let mut down: Vec<i64> = wished.iter().map(|(wish, _)| *wish).collect();
        let mut up = down.clone();
        for index in 1..wished.len() {
            down[index] = down[index].max(down[index - 1] + i64::midpoint(rooms[index - 1], rooms[index]));
        }
        for index in (1..wished.len()).rev() {
            up[index - 1] = up[index - 1].min(up[index] - i64::midpoint(rooms[index - 1], rooms[index]));
        }
        for (index, (_, cell)) in wished.iter().enumerate() {
            self.y[*cell] = i64::midpoint(down[index], up[index]);
        }
    }
}

fn room(cell: Cell) -> i64 {
    match cell {
        Cell::Step(_) => ROW,
        Cell::Bend => BEND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_stand_behind_what_they_need() {
        let edges = BTreeSet::from([(0, 1), (1, 2), (0, 2), (0, 3)]);
        let layout = layout(5, &edges).expect("there are edges");
        assert_eq!(layout.column, [0, 1, 2, 1, 0, 1]);
        assert_eq!((layout.columns, layout.lines.len()), (3, 5));
        assert_eq!(layout.cells[5], Cell::Bend);
    }

    #[test]
    fn no_needs_no_drawing_and_a_circle_is_left_out() {
        assert!(layout(3, &BTreeSet::new()).is_none());
        assert!(layout(2, &BTreeSet::from([(0, 1), (1, 0)])).is_none());
        assert!(layout(2, &BTreeSet::from([(0, 0), (0, 7)])).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_stands_on_something_else(
            count in 1_usize..24,
            edges in proptest::collection::btree_set((0_usize..24, 0_usize..24), 0..60),
        ) {
            let Some(layout) = layout(count, &edges) else { return Ok(()) };
            for one in 0..layout.cells.len() {
                prop_assert!(layout.y[one] >= 0 && layout.y[one] <= layout.height);
                for other in (0..one).filter(|other| layout.column[*other] == layout.column[one]) {
                    let apart = (layout.y[one] - layout.y[other]).abs();
                    let needed = i64::midpoint(room(layout.cells[one]), room(layout.cells[other]));
                    prop_assert!(apart >= needed - 1, "{apart} {needed}");
                }
            }
            for (from, to) in &layout.lines {
                prop_assert_eq!(layout.column[*from] + 1, layout.column[*to]);
            }
        }
    }
}

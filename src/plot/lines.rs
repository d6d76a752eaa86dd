//! Curves and bands.

use super::canvas::{Canvas, Color, Point};
use super::layout::{Layout, Place};
use super::mask::Mask;
use super::style::Style;

const WIDTH: f32 = 1.8;

/// Of a band at a single place.
const BAR: f32 = 8.0;

/// Of a marker on a line, in pixels.
const RADIUS: f32 = 3.6;

/// Up to so many points have a marker each; on a longer curve markers only tell which one it is.
const FEW: usize = 30;

/// Pixels between such markers.
const BETWEEN: f32 = 120.0;

/// A line through the places, with gaps where there are none; one of so many.
pub(super) fn curve(
    canvas: &mut Canvas,
    places: impl Iterator<Item = Option<Place>>,
    style: Style,
    [index, all]: [usize; 2],
) {
    let pieces = pieces(places);
    let mut mask = Mask::new(canvas.width, canvas.height);
    for piece in &pieces {
        for dash in dashes(&thinned(piece), style.dashes) {
            for pair in dash.windows(2) {
                if let [from, to] = pair {
                    mask.line(*from, *to, WIDTH);
                }
            }
        }
    }
    canvas.draw(&mask, [0, 0], style.color, 1.0);
    let points: usize = pieces.iter().map(Vec::len).sum();
    let mut next = match points <= FEW {
        true => f32::MIN,
        false => pieces
            .first()
            .and_then(|piece| piece.first())
            .map_or(0.0, |[x, _]| x + BETWEEN * portion(2 * index + 1, 2 * all)),
    };
    for piece in &pieces {
        // What stands by itself has no line.
        let alone = piece.len() == 1;
        for [x, y] in piece.iter().copied() {
            let due = points <= FEW || (all > 1 && x >= next);
            if due {
                next = x + BETWEEN;
            }
            if due || alone {
                let small = if alone && points > FEW { 0.6 } else { 1.0 };
                canvas.marker(style.marker, [x, y], RADIUS * small, style.color);
            }
        }
    }
}

/// An entry of the legend: a line with its marker.
pub(super) fn sample(canvas: &mut Canvas, [x, y]: [i32; 2], length: f32, style: Style, dots: bool) {
    #[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
    let [x, y] = [x as f32, y as f32 + 0.5];
    let mut mask = Mask::new(canvas.width, canvas.height);
    for dash in dashes(&[[x, y], [x + length, y]], style.dashes) {
        if let ([from, to], false) = (dash.as_slice(), dots) {
            mask.line(*from, *to, WIDTH);
        }
    }
    canvas.draw(&mask, [0, 0], style.color, 1.0);
    canvas.marker(style.marker, [x + length / 2.0, y], RADIUS, style.color);
}

/// The area between upper and lower ends.
pub(super) fn band(
    canvas: &mut Canvas,
    layout: &Layout<'_>,
    ends: &[Option<[Place; 2]>],
    color: Color,
    opacity: f32,
) {
    let mut mask = Mask::new(layout.width, layout.height);
    for piece in ends.split(Option::is_none) {
        let edge = |which: usize| piece.iter().flatten().filter_map(move |ends| ends.get(which)).copied();
        let outline: Vec<Point> = edge(0).chain(edge(1).collect::<Vec<_>>().into_iter().rev()).collect();
        match outline.as_slice() {
            // At a single place there is no area.
            [high, low] => mask.line(*high, *low, BAR),
            [] => {}
            _ => mask.add(&outline),
        }
    }
    canvas.draw(&mask, [0, 0], color, opacity);
}

/// What is between gaps.
fn pieces(places: impl Iterator<Item = Option<Place>>) -> Vec<Vec<Point>> {
    let mut pieces = vec![Vec::new()];
    for place in places {
        match (place, pieces.last_mut()) {
            (Some(place), Some(piece)) => piece.push(place),
            _ => pieces.push(Vec::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The same line with at most four points in a column of pixels: the first, the highest, the lowest and the last.
fn thinned(points: &[Point]) -> Vec<Point> {
    let mut kept = Vec::new();
    for column in points.chunk_by(|[one, _], [other, _]| one.floor() == other.floor()) {
        let places = || column.iter().map(|[_, y]| *y).enumerate();
        let order = |one: &(usize, f32), other: &(usize, f32)| one.1.total_cmp(&other.1);
        let ends = [places().min_by(order), places().max_by(order)];
        let mut chosen = [0, 0, 0, column.len() - 1];
        for (place, end) in chosen.iter_mut().skip(1).zip(ends) {
            *place = end.map_or(0, |(index, _)| index);
        }
        if chosen[1] > chosen[2] {
            chosen.swap(1, 2);
        }
        for (index, place) in chosen.iter().enumerate() {
            if index == 0 || chosen.get(index - 1) != Some(place) {
                kept.extend(column.get(*place).copied());
            }
        }
    }
    kept
}

/// The parts of a line that are drawn, by lengths of line and gap in turn.
fn dashes(points: &[Point], pattern: &[f32]) -> Vec<Vec<Point>> {
    if pattern.is_empty() {
        return vec![points.to_vec()];
    }
    let mut lengths = pattern.iter().copied().cycle();
    let mut left = lengths.next().unwrap_or(f32::MAX);
    let (mut drawn, mut all) = (true, Vec::new());
    let mut dash: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let [mut from, to] = [pair[0], pair[1]];
        loop {
            let length = (to[0] - from[0]).hypot(to[1] - from[1]);
            if length <= left {
                left -= length;
                if drawn {
                    dash.push(to);
                }
                break;
            }
            let share = left / length;
            from = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
            if drawn {
                dash.push(from);
                all.push(std::mem::take(&mut dash));
            } else {
                dash = vec![from];
            }
            drawn = !drawn;
            left = lengths.next().unwrap_or(f32::MAX);
        }
    }
    if drawn {
        all.push(dash);
    }
    all
}

#[expect(clippy::cast_precision_loss, reason = "counts of series")]
fn portion(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thinned_line_has_the_same_ends_and_extremes() {
        let points: Vec<Point> =
            [5.0, 1.0, 9.0, 4.0, 3.0].iter().zip([2.0, 2.1, 2.2, 2.5, 2.9]).map(|(y, x)| [x, *y]).collect();
        assert_eq!(thinned(&points), [[2.0, 5.0], [2.1, 1.0], [2.2, 9.0], [2.9, 3.0]]);
        assert_eq!(thinned(&[[1.0, 1.0], [2.0, 1.0]]), [[1.0, 1.0], [2.0, 1.0]]);
        assert_eq!(thinned(&[]), Vec::<Point>::new());
    }

    #[test]
    fn dashes_go_around_corners() {
        let found = dashes(&[[0.0, 0.0], [4.0, 0.0], [4.0, 6.0]], &[5.0, 3.0]);
        assert_eq!(found, [vec![[0.0, 0.0], [4.0, 0.0], [4.0, 1.0]], vec![[4.0, 4.0], [4.0, 6.0]]]);
    }

    #[test]
    fn gaps_make_pieces() {
        let at = |x: f32| Some([x, 0.0]);
        let found = pieces([None, at(1.0), at(2.0), None, None, at(3.0)].into_iter());
        assert_eq!(found, [vec![[1.0, 0.0], [2.0, 0.0]], vec![[3.0, 0.0]]]);
    }
}

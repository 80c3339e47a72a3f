// What an encoder does with rows between products. Widths are multiples of a panel's.
import CVectorPrimitives

/// Floats of a vector.
private var laneCount: Int { Int(rowan_encoder_lane_count) }

/// Vectors that hold some numbers, the last one not wholly.
@inline(__always)
private func vectorCount(_ count: Int) -> Int { (count &+ laneCount &- 1) / laneCount }

/// Writes the same numbers into each row.
@inline(never)
package func fillRows(
    _ rows: UnsafeMutablePointer<Float>, rowCount: Int, width: Int, with numbers: UnsafePointer<Float>
) {
    for row in 0..<rowCount {
        for vector in 0..<vectorCount(width) {
            let column = vector &* laneCount
            // The caller has as many rows, and as many numbers as a row has.
            unsafe rowan_encoder_store(rows + (row &* width &+ column), rowan_encoder_load(numbers + column))
        }
    }
}

/// Adds the same numbers to each row.
@inline(never)
package func addToRows(
    _ rows: UnsafeMutablePointer<Float>, rowCount: Int, width: Int, _ numbers: UnsafePointer<Float>
) {
    for row in 0..<rowCount {
        for vector in 0..<vectorCount(width) {
            let column = vector &* laneCount
            // As above.
            let place = unsafe rows + (row &* width &+ column)
            unsafe rowan_encoder_store(
                place, rowan_encoder_add(rowan_encoder_load(place), rowan_encoder_load(numbers + column)))
        }
    }
}

/// Adds numbers to numbers.
@inline(never)
package func addNumbers(_ numbers: UnsafePointer<Float>, count: Int, to sums: UnsafeMutablePointer<Float>) {
    for vector in 0..<vectorCount(count) {
        let index = vector &* laneCount
        // As above.
        unsafe rowan_encoder_store(
            sums + index, rowan_encoder_add(rowan_encoder_load(sums + index), rowan_encoder_load(numbers + index)))
    }
}

/// Replaces numbers by their GELU.
@inline(never)
package func applyGELU(_ numbers: UnsafeMutablePointer<Float>, count: Int) {
    for vector in 0..<vectorCount(count) {
        let index = vector &* laneCount
        // As above.
        unsafe rowan_encoder_store(numbers + index, rowan_encoder_gelu(rowan_encoder_load(numbers + index)))
    }
}

/// Brings each row to mean 0 and variance 1, then scales and shifts its columns.
@inline(never)
package func normalizeRows(
    _ rows: UnsafeMutablePointer<Float>, rowCount: Int, width: Int, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, epsilon: Float
) {
    let share = 1 / Float(width)
    for number in 0..<rowCount {
        // As above.
        let row = unsafe rows + number &* width
        var sum = rowan_encoder_of(0)
        for vector in 0..<vectorCount(width) {
            let column = vector &* laneCount
            sum = unsafe rowan_encoder_add(sum, rowan_encoder_load(row + column))
        }
        let mean = rowan_encoder_of(rowan_encoder_sum(sum) * share)
        var squares = rowan_encoder_of(0)
        for vector in 0..<vectorCount(width) {
            let column = vector &* laneCount
            let distance = unsafe rowan_encoder_subtract(rowan_encoder_load(row + column), mean)
            squares = rowan_encoder_multiply_add(distance, distance, squares)
        }
        let variance = rowan_encoder_sum(squares) * share
        let factor = rowan_encoder_of(1 / (variance + epsilon).squareRoot())
        for vector in 0..<vectorCount(width) {
            let column = vector &* laneCount
            // As above.
            let distance = unsafe rowan_encoder_subtract(rowan_encoder_load(row + column), mean)
            let result = unsafe rowan_encoder_multiply_add(
                rowan_encoder_multiply(distance, factor), rowan_encoder_load(scale + column),
                rowan_encoder_load(shift + column))
            unsafe rowan_encoder_store(row + column, result)
        }
    }
}

/// Replaces the first numbers of each row by their exponentials, and writes what makes shares of them: one over their
/// sum.
///
/// A row is read and written in whole vectors: what follows the numbers in its last one becomes 0.
@inline(never)
package func applyExponential(
    _ rows: UnsafeMutablePointer<Float>, rowCount: Int, count: Int, rowStride: Int, factor: Float,
    shares: UnsafeMutablePointer<Float>
) {
    let end = vectorCount(count) &* laneCount
    for number in 0..<rowCount {
        // Rows are as long as their stride, which is a multiple of a panel's width.
        let row = unsafe rows + number &* rowStride
        for index in count..<end { unsafe row[index] = -.infinity }
        var greatest = rowan_encoder_of(-.infinity)
        for vector in 0..<vectorCount(end) {
            greatest = unsafe rowan_encoder_greatest(greatest, rowan_encoder_load(row + vector &* laneCount))
        }
        let shift = rowan_encoder_of(-rowan_encoder_maximum(greatest) * factor)
        var sum = rowan_encoder_of(0)
        for vector in 0..<vectorCount(end) {
            let index = vector &* laneCount
            let power = unsafe rowan_encoder_exponential(
                rowan_encoder_multiply_add(rowan_encoder_load(row + index), rowan_encoder_of(factor), shift))
            unsafe rowan_encoder_store(row + index, power)
            sum = rowan_encoder_add(sum, power)
        }
        // There is a share for each row.
        unsafe shares[number] = 1 / rowan_encoder_sum(sum)
    }
}

/// Multiplies each row with a number of its own.
@inline(never)
package func scaleRows(
    _ rows: UnsafeMutablePointer<Float>, rowCount: Int, width: Int, rowStride: Int, factors: UnsafePointer<Float>
) {
    for row in 0..<rowCount {
        // There is a factor for each row.
        let factor = unsafe rowan_encoder_of(factors[row])
        for vector in 0..<vectorCount(width) {
            let place = unsafe rows + (row &* rowStride &+ vector &* laneCount)
            unsafe rowan_encoder_store(place, rowan_encoder_multiply(rowan_encoder_load(place), factor))
        }
    }
}

/// Packs a matrix of `count` rows of `depth` numbers for products with its transpose: rows become columns.
///
/// Columns behind the last row, up to a whole panel, hold zeros.
@inline(never)
package func packTransposed(
    _ matrix: UnsafePointer<Float>, count: Int, stride: Int, depth: Int, into panels: UnsafeMutablePointer<Float>
) {
    let width = Int(rowan_encoder_panel_width)
    for panel in 0..<(count &+ width &- 1) / width {
        // There is room for whole panels.
        let target = unsafe panels + panel &* width &* depth
        for column in 0..<width {
            let row = panel &* width &+ column
            if row < count {
                let source = unsafe matrix + row &* stride
                for step in 0..<depth { unsafe target[step &* width &+ column] = source[step] }
            } else {
                for step in 0..<depth { unsafe target[step &* width &+ column] = 0 }
            }
        }
    }
}

/// Packs a matrix of `depth` rows for products with it.
///
/// - Precondition: the number of columns is a multiple of a panel's width.
@inline(never)
package func packColumns(
    _ matrix: UnsafePointer<Float>, depth: Int, stride: Int, columnCount: Int, into panels: UnsafeMutablePointer<Float>
) {
    let width = Int(rowan_encoder_panel_width)
    for panel in 0..<columnCount / width {
        for step in 0..<depth {
            // As above.
            let source = unsafe matrix + (step &* stride &+ panel &* width)
            let target = unsafe panels + (panel &* depth &+ step) &* width
            unsafe rowan_encoder_store(target, rowan_encoder_load(source))
            unsafe rowan_encoder_store(target + laneCount, rowan_encoder_load(source + laneCount))
        }
    }
}

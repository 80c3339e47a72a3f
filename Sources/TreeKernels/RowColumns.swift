// From rows to what trees compare: only the features that the forest uses, with missing values already sent their way.
package import CVectorPrimitives

/// Writes the columns of one row.
@inline(never)
package func fillColumns(
    _ columns: borrowing rowan_columns, row: UnsafePointer<Float>, into values: UnsafeMutablePointer<Float>
) {
    var column = 0
    // Features are those of the row and there is room for every column, as the engine checked.
    while unsafe column < columns.kept_end {
        unsafe values[column] = row[Int(columns.features[column])]
        column &+= 1
    }
    while unsafe column < columns.missing_high_end {
        let value = unsafe row[Int(columns.features[column])]
        unsafe values[column] = value.isNaN ? .infinity : value
        column &+= 1
    }
    while unsafe column < columns.count {
        let value = unsafe row[Int(columns.features[column])]
        unsafe values[column] = value.isNaN ? .infinity : -.infinity
        column &+= 1
    }
}

/// Rows that are turned into columns together: their bytes stay in the first-level cache.
private let transposedRowCount = 128

/// Distance between the columns of a block, in floats: not a power of two, so that they do not share cache sets.
@inline(__always)
func columnStride(_ rowCapacity: Int) -> Int { rowCapacity &+ 16 }

/// Writes the columns of a block of rows, one behind the other; rows behind the last repeat it.
@inline(__always)
func fillColumns(_ block: borrowing rowan_block) {
    let stride = unsafe columnStride(block.row_capacity)
    var first = 0
    while unsafe first < block.row_count {
        let end = unsafe min(first &+ transposedRowCount, block.row_count)
        unsafe fillColumns(block, rows: first..<end)
        first = end
    }
    for column in unsafe 0..<block.columns.count {
        let values = unsafe block.column_values + column &* stride
        if unsafe column >= block.columns.missing_high_end {
            for row in unsafe 0..<block.row_count {
                // As above.
                unsafe values[row] = values[row].isNaN ? .infinity : -.infinity
            }
        } else if unsafe column >= block.columns.kept_end {
            for row in unsafe 0..<block.row_count {
                // As above.
                unsafe values[row] = values[row].isNaN ? .infinity : values[row]
            }
        }
        let last = unsafe values[block.row_count &- 1]
        for row in unsafe block.row_count..<block.row_capacity {
            // As above.
            unsafe values[row] = last
        }
    }
}

/// Writes some rows of all columns, four columns at a time where these are neighbouring features.
@inline(__always)
private func fillColumns(_ block: borrowing rowan_block, rows: Range<Int>) {
    // Features are those of the rows, and there is room for `row_capacity` values per column.
    let stride = unsafe columnStride(block.row_capacity)
    let source = unsafe block.rows
    let width = unsafe block.feature_count
    let vectorRowCount = Int(rowan_transposed_row_count)
    var column = 0
    while unsafe column < block.columns.count {
        // As above.
        let features = unsafe block.columns.features + column
        let values = unsafe block.column_values + column &* stride
        let feature = unsafe Int(features[0])
        let areFour = unsafe column &+ 4 <= block.columns.count && areNeighbours(features)
        var row = rows.lowerBound
        if areFour {
            while row &+ vectorRowCount <= rows.upperBound {
                unsafe rowan_transpose(source + (row &* width &+ feature), width, values + row, stride)
                row &+= vectorRowCount
            }
        }
        while row < rows.upperBound {
            let value = unsafe source + (row &* width &+ feature)
            for offset in 0..<(areFour ? 4 : 1) {
                // As above.
                unsafe values[offset &* stride &+ row] = value[offset]
            }
            row &+= 1
        }
        column &+= areFour ? 4 : 1
    }
}

/// Whether four features stand side by side in a row.
@inline(__always)
private func areNeighbours(_ features: UnsafePointer<UInt32>) -> Bool {
    // The caller has four.
    unsafe features[1] == features[0] &+ 1 && features[2] == features[0] &+ 2 && features[3] == features[0] &+ 3
}

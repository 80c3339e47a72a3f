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
        for column in unsafe 0..<block.columns.count {
            // Features are those of the rows, and there is room for `row_capacity` values per column.
            let feature = unsafe Int(block.columns.features[column])
            var source = unsafe block.rows + (first &* block.feature_count &+ feature)
            let values = unsafe block.column_values + column &* stride
            for row in first..<end {
                unsafe values[row] = source.pointee
                unsafe source += block.feature_count
            }
        }
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

// How alike one vector and many others are: exact sums of products of small integers, made numbers again.
package import CVectorPrimitives

/// Writes the product of the query and each vector, times the vector's scale.
@inline(never)
package func scanVectors(_ block: borrowing rowan_scan_block) {
    // Whoever made the block has checked its sizes; a width is a multiple of 64, so that no vector is cut.
    let step = Int(rowan_scan_word_count)
    let width = unsafe block.width
    var row = unsafe block.rows
    for index in unsafe 0..<block.row_count {
        // Two sums, so that one addition need not wait for the one before.
        var (first, second) = (rowan_scan_zero(), rowan_scan_zero())
        var place = 0
        while place < width {
            // As above.
            unsafe first = rowan_scan_add_products(
                first, rowan_scan_load_row(row + place), rowan_scan_load_query(block.query + place))
            unsafe second = rowan_scan_add_products(
                second, rowan_scan_load_row(row + place + step), rowan_scan_load_query(block.query + place + step))
            place &+= 2 &* step
        }
        let sum = rowan_scan_sum(rowan_scan_add(first, second))
        unsafe block.scores[index] = Float(sum) * block.scales[index]
        unsafe row += width
    }
}

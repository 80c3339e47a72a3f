// Products of rows with a matrix of weights that was packed once.
//
// A panel is two vectors of columns over the whole depth, so that a tile of rows reads it from front to back: each of
// its floats is loaded once per tile and multiplied with a number of each row, and the sums of the tile stay in
// registers. Tiles of one panel follow each other, so that the panel comes from the nearest caches for all but the
// first. A deep panel is taken in parts that fit the nearest one.
//
// A row's sums are the same bits in a tile of any height and beside any other rows: each is one chain of additions in
// the order of the depth.
package import CVectorPrimitives

/// Columns of a panel.
package var panelWidth: Int { Int(rowan_encoder_panel_width) }

/// Steps of the depth that a tile takes at once: the rows of a tile and a part of a panel of this depth, 12 to 24 KB,
/// fit the first-level cache together.
private let partDepth = 192

/// Adds products to sums.
@inline(never)
package func addProducts(_ product: borrowing rowan_encoder_product) {
    // Rows, panels and sums are as large as the caller says.
    let capacity = Int(rowan_encoder_tile_row_count)
    let width = Int(rowan_encoder_panel_width)
    let (rowCount, depth) = unsafe (product.row_count, product.depth)
    if rowCount == 0 { return }
    let tileCount = (rowCount &+ capacity &- 1) / capacity
    let height = rowCount / tileCount
    let tallerCount = rowCount % tileCount
    for panel in unsafe 0..<product.panel_count {
        let columns = unsafe product.panels + panel &* depth &* width
        let sums = unsafe product.sums + panel &* width
        let start = unsafe product.start.map { unsafe $0 + panel &* width }
        var step = 0
        while step < depth {
            let partCount = min(depth &- step, partDepth)
            var row = 0
            for tile in 0..<tileCount {
                let count = height &+ (tile < tallerCount ? 1 : 0)
                unsafe rowan_encoder_tile(
                    count, product.rows + (row &* product.row_stride &+ step), product.row_stride,
                    columns + step &* width, partCount, step == 0 ? start : nil,
                    sums + row &* product.sum_stride, product.sum_stride)
                row &+= count
            }
            step &+= partCount
        }
    }
}

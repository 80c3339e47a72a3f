// Leaves of trees of depth 6, padded where they are smaller: the 63 questions of a tree are answered at once, then
// eight trees are walked side by side by variable shifts of their answers.
//
// Answers are written some rounds before a walk reads them, because a wide load stalls right behind the narrow stores
// of what it reads.
import CVectorPrimitives

/// Trees that are answered, then walked, at a time.
var perfectTreeCount: Int { 64 }

/// Stores the answers of some trees, up to whole rounds of eight.
@inline(never)
func storePerfectAnswers(_ tables: UnsafePointer<rowan_ranked_row>, _ first: Int, _ end: Int, _ anyMissing: Bool) {
    // There are as many ranks as banks hold.
    switch unsafe bankCount(tables) {
    case 1: unsafe storePerfectAnswers(tables, RankBanks(tables, count: 1), first, end, anyMissing)
    case 2: unsafe storePerfectAnswers(tables, RankBanks(tables, count: 2), first, end, anyMissing)
    case 3: unsafe storePerfectAnswers(tables, RankBanks(tables, count: 3), first, end, anyMissing)
    default: unsafe storePerfectAnswers(tables, RankBanks(tables, count: 4), first, end, anyMissing)
    }
}

@inline(__always)
private func storePerfectAnswers(
    _ tables: UnsafePointer<rowan_ranked_row>, _ banks: RankBanks, _ first: Int, _ end: Int, _ anyMissing: Bool
) {
    // Tables hold whole rounds of eight trees: 64 questions and an answer word each.
    let answers = unsafe tables.pointee.answers
    let missing = unsafe anyMissing ? UnsafePointer(tables.pointee.row_answers) : tables.pointee.no_answers
    var questions = unsafe tables.pointee.questions + first &* 128
    var tree = first
    while tree < end {
        for next in tree..<tree &+ 8 {
            unsafe answers[next] = banks.answers64(questions) | missing[next]
            unsafe questions += 128
        }
        tree &+= 8
    }
}

/// Walks some trees whose answers are known, and adds their leaves.
@inline(__always)
func addPerfectLeaves<Value: BinaryFloatingPoint>(
    _ tables: UnsafePointer<rowan_ranked_row>, _ first: Int, _ end: Int, _ leaves: UnsafePointer<Value>,
    to sums: UnsafeMutablePointer<Value>
) {
    // Tables hold whole rounds of eight trees: 64 leaves and an answer word each, eight numbers for all.
    // Places are below 128, so that their conversions need no check.
    let places = unsafe tables.pointee.leaf_numbers.assumingMemoryBound(to: UInt64.self)
    let answers = unsafe tables.pointee.answers
    let margins = unsafe tables.pointee.tree_margins
    let isOneSum = unsafe tables.pointee.margin_count == 1
    var sum = unsafe sums[0]
    var tree = first
    while tree < end {
        unsafe rowan_walk_eight(places, answers + tree)
        // The last place of a walk is 64 or above.
        let values = unsafe leaves + (tree &* 64 &- 64)
        let count = min(8, end &- tree)
        if isOneSum && count == 8 {
            unsafe sum += values[Int(truncatingIfNeeded: places[0])]
            unsafe sum += values[64 &+ Int(truncatingIfNeeded: places[1])]
            unsafe sum += values[128 &+ Int(truncatingIfNeeded: places[2])]
            unsafe sum += values[192 &+ Int(truncatingIfNeeded: places[3])]
            unsafe sum += values[256 &+ Int(truncatingIfNeeded: places[4])]
            unsafe sum += values[320 &+ Int(truncatingIfNeeded: places[5])]
            unsafe sum += values[384 &+ Int(truncatingIfNeeded: places[6])]
            unsafe sum += values[448 &+ Int(truncatingIfNeeded: places[7])]
        } else if isOneSum {
            var index = 0
            while index < count {
                unsafe sum += values[index &* 64 &+ Int(truncatingIfNeeded: places[index])]
                index &+= 1
            }
        } else {
            var index = 0
            while index < count {
                // Every tree has a margin, and every margin a sum.
                let margin = unsafe Int(margins[tree &+ index])
                unsafe sums[margin] += values[index &* 64 &+ Int(truncatingIfNeeded: places[index])]
                index &+= 1
            }
        }
        tree &+= 8
    }
    // As above: the first sum is the only one.
    if isOneSum { unsafe sums[0] = sum }
}

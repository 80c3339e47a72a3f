/// Makes one order of two.
enum RankFusion {
    /// A document in one order.
    struct Entry: Equatable {
        let document: Int32
        let score: Float
    }

    /// - Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion (2009): k = 60, ranks from 1.
    static let rankConstant = 60.0

    /// The documents of both orders.
    ///
    /// - Parameter lists: each best first.
    /// - Returns: documents with their scores, best first; of equal ones in no particular order.
    static func fused(_ lists: [[Entry]], _ fusion: RetrievalQuery.Fusion) -> [(document: Int32, score: Double)] {
        let lists = lists.filter { !$0.isEmpty }
        var scores: [Int32: Double] = [:]
        for list in lists {
            let (best, worst) = (Double(list[0].score), Double(list[list.count - 1].score))
            for (index, entry) in list.enumerated() {
                let share: Double
                switch fusion {
                case .reciprocalRank: share = 1 / (rankConstant + Double(index + 1))
                case .relativeScore:
                    // Where all are equal, all are best.
                    let relative = best > worst ? (Double(entry.score) - worst) / (best - worst) : 1
                    share = relative / Double(lists.count)
                }
                scores[entry.document, default: 0] += share
            }
        }
        return scores.map { (document: $0.key, score: $0.value) }.sorted { $0.score > $1.score }
    }
}

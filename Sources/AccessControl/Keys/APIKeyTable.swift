/// The keys of one reading of the file, as loops look them up.
///
/// - Isolation: any thread; immutable but for what keys count.
package final class APIKeyTable: Sendable {
    /// A key with what it has been used for, and its models as bytes.
    ///
    /// A class, so that whoever has looked it up can keep it without a copy.
    package final class Entry: Sendable {
        package let key: APIKey
        package let usage: KeyUsage
        let models: [[UInt8]]?

        init(_ key: APIKey, _ usage: KeyUsage) {
            self.key = key
            self.usage = usage
            models = key.models?.map { Array($0.utf8) }
        }

        /// Whether the key opens a model.
        func opens(_ model: Span<UInt8>) -> Bool {
            guard let models else { return true }
            return models.contains { name in
                guard name.count == model.count else { return false }
                for index in model.indices where model[index] != name[index] { return false }
                return true
            }
        }
    }

    /// In the order of the file.
    package let entries: [Entry]
    private let places: [APIKeyID: Int]

    /// Makes a table; keys that were in another one go on counting there.
    ///
    /// - Precondition: no two keys share their id.
    package init(_ keys: [APIKey], loopCount: Int, successorOf former: APIKeyTable? = nil) {
        entries = keys.map { key in
            let before = former?.places[key.id].flatMap { former?.entries[$0].usage }
            return Entry(key, before ?? KeyUsage(loopCount: loopCount))
        }
        places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1.id, $0) })
    }

    /// The entry of a key that was recognised with this table or with an earlier one; nil if it is a key no more.
    ///
    /// - Complexity: one look-up; does not allocate.
    package func successor(of entry: Entry) -> Entry? {
        guard let place = places[entry.key.id], entries[place].key.digest.isSame(as: entry.key.digest) else {
            return nil
        }
        return entries[place]
    }

    /// The entry of a key that a caller shows; nil if there is none or its secret is another.
    ///
    /// - Complexity: one look-up and one hash, also for an id that is not known; does not allocate.
    package func entry(for presented: PresentedKey) -> Entry? {
        let place = places[presented.id]
        let digest = place.map { entries[$0].key.digest } ?? .ofNobody
        let matches = digest.matches(presented.secret)
        guard let place, matches else { return nil }
        return entries[place]
    }
}

@testable import ModelRepository

extension FuzzTarget {
    /// An answer of an object store: whatever is read is what a listing may hold, and nothing may follow it.
    static let objectListing = FuzzTarget(name: "object-listing") { input in
        do throws(ObjectStoreFault) {
            let listing = try ObjectListing(input)
            for object in listing.objects {
                precondition(object.byteCount >= 0 && !object.tag.isEmpty, "an object has a size and a tag")
                precondition(object.tag.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a tag fits a field")
                if case .file(let parts) = ObjectName.meaning(of: object.key) {
                    let isPlain = parts.allSatisfy { $0 != ".." && $0 != "." && !$0.isEmpty && !$0.contains("/") }
                    precondition(isPlain, "a file lies below its model")
                }
            }
            precondition(listing.continuation?.isEmpty != true, "a listing goes on somewhere")
            precondition((try? ObjectListing(input + [0x20])) == listing, "white space says nothing")
            precondition((try? ObjectListing(input + [0x78])) == nil, "nothing follows a document")
        } catch {
            precondition(!error.description.isEmpty, "a refusal has words")
        }
    }
}

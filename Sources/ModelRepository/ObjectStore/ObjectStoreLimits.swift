package import LinuxSystem

/// Limits on what a bucket may hold and an object store may answer.
package enum ObjectStoreLimits {
    /// Bytes of a repository's URL.
    package static let urlByteCount = 2_048
    /// Objects below a repository's prefix.
    package static let objectCount = 100_000
    /// Pages of one listing.
    ///
    /// Stores give a thousand keys per page; some give fewer, and one that gives empty pages for ever is cut off.
    package static let pageCount = 1_000
    /// Bytes of one page: a thousand keys of 1,024 bytes, each byte escaped, with what stands around them.
    package static let pageByteCount = 8 << 20
    /// Bytes of an object's name below the prefix: as many as S3 permits a key.
    package static let nameByteCount = 1_024
    /// Bytes of one part of a name: what file systems permit.
    package static let componentByteCount = 255
    /// Parts of a name: a model's directory, a version's, and files of six levels at most.
    package static let componentCount = 8
    /// Bytes of all objects of a repository.
    package static let totalByteCount = 256 << 30
    /// Elements inside each other in an answer; S3's have three.
    package static let elementDepth = 8
    /// Bytes of one text in an answer.
    package static let textByteCount = 16 << 10
    /// Notices about names that one synchronisation may cause.
    package static let noticeCount = 20
    /// Bytes of a file of credentials.
    package static let credentialsByteCount = 1 << 20
    /// Bytes of the list of what a cache holds.
    package static let inventoryByteCount = 256 << 20
    /// Time for which a model's objects must not have changed before a server that follows the store takes them.
    ///
    /// Programs that upload send one object after the other; each is complete when it is listed.
    package static let quietTime = Nanoseconds.seconds(2)
}

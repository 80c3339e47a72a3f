import Testing

@testable import ModelRepository

@Suite struct ObjectListingTests {
    private func listing(_ content: String) throws(ObjectStoreFault) -> ObjectListing {
        try ObjectListing(Array("<ListBucketResult>\(content)</ListBucketResult>".utf8))
    }

    private static let object = "<Contents><Key>a+b%2Fc%25</Key><ETag>&quot;e&quot;</ETag><Size>3</Size></Contents>"

    /// - Source: Amazon S3 API Reference, `ListObjectsV2`, sample response; `encoding-type=url` as botocore decodes it.
    @Test func `a page is read`() throws {
        let cut = try listing(
            "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
                + "<NextContinuationToken>1ue/=</NextContinuationToken>\(Self.object)<KeyCount>1</KeyCount>")
        #expect(cut.objects == [.init(key: "a b/c%", tag: "\"e\"", byteCount: 3)])
        #expect(cut.continuation == "1ue/=")
        let last = try listing("<IsTruncated>false</IsTruncated>\(Self.object)")
        #expect(last.objects.map(\.key) == ["a+b%2Fc%25"] && last.continuation == nil)
        #expect(try listing("").objects.isEmpty)
    }

    @Test(arguments: [
        "<IsTruncated>true</IsTruncated>", "<IsTruncated>perhaps</IsTruncated>",
        "<IsTruncated>true</IsTruncated><NextContinuationToken></NextContinuationToken>",
        "<Contents><ETag>e</ETag><Size>3</Size></Contents>", "<Contents><Key>a</Key><Size>3</Size></Contents>",
        "<Contents><Key>a</Key><ETag>e</ETag></Contents>",
        "<Contents><Key>a</Key><ETag></ETag><Size>3</Size></Contents>",
        "<Contents><Key>a</Key><ETag>e e</ETag><Size>3</Size></Contents>",
        "<Contents><Key>a</Key><ETag>e</ETag><Size>-1</Size></Contents>",
        "<Contents><Key>a</Key><ETag>e</ETag><Size>+1</Size></Contents>",
        "<Contents><Key>a</Key><ETag>e</ETag><Size>99999999999999999999</Size></Contents>",
        "<EncodingType>url</EncodingType><Contents><Key>%</Key><ETag>e</ETag><Size>1</Size></Contents>",
        "<EncodingType>url</EncodingType><Contents><Key>%4</Key><ETag>e</ETag><Size>1</Size></Contents>",
        "<EncodingType>url</EncodingType><Contents><Key>%4x</Key><ETag>e</ETag><Size>1</Size></Contents>",
        "<EncodingType>url</EncodingType><Contents><Key>%C3%28</Key><ETag>e</ETag><Size>1</Size></Contents>",
    ])
    func `a page that lacks what a page has is refused`(content: String) {
        #expect(throws: ObjectStoreFault.self) { try listing(content) }
    }

    @Test func `another document is no page`() {
        #expect(throws: ObjectStoreFault.answer("it is no listing")) {
            try ObjectListing(Array("<Error><Code>AccessDenied</Code></Error>".utf8))
        }
    }
}

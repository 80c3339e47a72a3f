/// Compressed bodies made by Python's zlib module (Python 3.11.7, zlib 1.2.13), all of the same JSON text.
enum CompressedVectors {
    /// What every vector inflates to.
    static let plainText =
        "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1.5,-2.25,0,1e-3]}]}"

    /// Hexadecimal digits of each vector.
    static let all: [(name: String, hexadecimal: String)] = [
        (
            "gzip level 9",
            "1f8b0800000000000203ab56cacc2b282d2956b28aae56ca4bcc4d55b2524a4b4d2c292d4a2d56d2512ace48"
                + "2c000a451bea98c4ea28a52496249654820494dc028c8d94202220693d531d5d233d23531d031dc3545de3d8"
                + "dad85a0071debba55a000000"
        ),
        (
            "gzip level 1",
            "1f8b0800000000000403ab56cacc2b282d2956b28aae56ca4bcc4d55b2524a4b4d2c292d4a2d56d2512ace48"
                + "2c000a451bea98c4ea28a52496249654820494dc028c8d80f2201190b49ea98eae919e91a98e818e61aaae71"
                + "6c6d6c2d0071debba55a000000"
        ),
        (
            "gzip stored",
            "1f8b0800000000000403015a00a5ff7b22696e70757473223a5b7b226e616d65223a22666561747572657322"
                + "2c227368617065223a5b312c345d2c226461746174797065223a2246503332222c2264617461223a5b312e35"
                + "2c2d322e32352c302c31652d335d7d5d7d71debba55a000000"
        ),
        (
            "gzip Huffman only",
            "1f8b080000000000040305c1310e80200c05d0bbfcb91a015d7a006777c2d0841a1d3444ea600877f7bd86f3"
                + "2eaf55706cb8e5523076157b1fad20d4438a82a3a33911b298d857148c750b1e842c26e0e8c685063ffa8526"
                + "723a84d453ff0171debba55a000000"
        ),
        (
            "gzip fixed codes",
            "1f8b0800000000000403ab56cacc2b282d2956b28aae56ca4bcc4d55b2524a4b4d2c292d4a2d56d2512ace48"
                + "2c000a451bea98c4ea28a52496249654820494dc028c8d94202220693d531d5d233d23531d031dc3545de3d8"
                + "dad85a0071debba55a000000"
        ),
        (
            "gzip with all header fields",
            "1f8b081e01020304000306006162020078796e616d652e6a736f6e006120636f6d6d656e7400dfedab56cacc"
                + "2b282d2956b28aae56ca4bcc4d55b2524a4b4d2c292d4a2d56d2512ace482c000a451bea98c4ea28a5249624"
                + "9654820494dc028c8d94202220693d531d5d233d23531d031dc3545de3d8dad85a0071debba55a000000"
        ),
        (
            "zlib level 9",
            "78daab56cacc2b282d2956b28aae56ca4bcc4d55b2524a4b4d2c292d4a2d56d2512ace482c000a451bea98c4"
                + "ea28a52496249654820494dc028c8d94202220693d531d5d233d23531d031dc3545de3d8dad85a00206a1b03"
        ),
        (
            "zlib level 1",
            "7801ab56cacc2b282d2956b28aae56ca4bcc4d55b2524a4b4d2c292d4a2d56d2512ace482c000a451bea98c4"
                + "ea28a52496249654820494dc028c8d80f2201190b49ea98eae919e91a98e818e61aaae716c6d6c2d00206a1b"
                + "03"
        ),
        (
            "zlib stored",
            "7801015a00a5ff7b22696e70757473223a5b7b226e616d65223a226665617475726573222c22736861706522"
                + "3a5b312c345d2c226461746174797065223a2246503332222c2264617461223a5b312e352c2d322e32352c30"
                + "2c31652d335d7d5d7d206a1b03"
        ),
        (
            "zlib window of 512 bytes",
            "1895ab56cacc2b282d2956b28aae56ca4bcc4d55b2524a4b4d2c292d4a2d56d2512ace482c000a451bea98c4"
                + "ea28a52496249654820494dc028c8d94202220693d531d5d233d23531d031dc3545de3d8dad85a00206a1b03"
        ),
    ]

    /// `zlib.compressobj(9, zlib.DEFLATED, 31)` of a hundred thousand zeros.
    static let hundredThousandZeros =
        "1f8b0800000000000203edc13101000000c2a0f54f6d0d0fa0000000000000000000000000000000000000000000"
        + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        + "00000000000000000000000000000000000000000000000000000000008057037d9511d4a0860100"

    /// The bytes of hexadecimal digits.
    static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        func value(_ digit: UInt8) -> UInt8 { digit < 58 ? digit - 48 : digit - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
}

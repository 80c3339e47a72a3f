/// The choice of a coding for the answer.
///
/// The known coding with the highest weight is chosen, the first among equals. Other codings and `*` are ignored, as
/// are codings of weight zero and codings whose weight cannot be read.
///
/// - Source: Triton's HTTP front end, which clients are tested against; the grammar is RFC 9110 section 12.5.3.
extension HTTPRequestHead {
    mutating func acceptedCodingsReceived(_ value: Span<UInt8>) {
        var position = 0
        var elementCount = 0
        // Nothing can replace a coding of weight one, which is what nearly every client names first.
        while position < value.count && elementCount < HTTPLimits.acceptedCodingCount && acceptedThousandths < 1_000 {
            if ASCII.isBlank(value[position]) || value[position] == UInt8(ascii: ",") {
                position &+= 1
                continue
            }
            elementCount &+= 1
            let nameStart = position
            while position < value.count && ASCII.isTokenByte(value[position]) { position &+= 1 }
            let coding = ContentCoding(named: value.extracting(nameStart..<position))
            let weightStart = position
            while position < value.count && value[position] != UInt8(ascii: ",") { position &+= 1 }
            guard let coding, let thousandths = Self.weight(value.extracting(weightStart..<position)),
                thousandths > acceptedThousandths
            else { continue }
            acceptedThousandths = thousandths
            acceptedCoding = coding
        }
    }

    /// Reads what stands behind the name of a coding: nothing, or `;q=` and a number from 0 to 1 with at most three
    /// decimals.
    ///
    /// - Returns: thousandths, nothing if it cannot be read.
    private static func weight(_ text: Span<UInt8>) -> Int? {
        var start = 0
        var end = text.count
        while end > start && ASCII.isBlank(text[end &- 1]) { end &-= 1 }
        if start == end { return 1_000 }
        while start < end && ASCII.isBlank(text[start]) { start &+= 1 }
        if text[start] != UInt8(ascii: ";") { return nil }
        start &+= 1
        while start < end && ASCII.isBlank(text[start]) { start &+= 1 }
        let number = text.extracting(start..<end)
        guard number.count >= 3, number.count <= 7, number[0] | 0x20 == UInt8(ascii: "q"),
            number[1] == UInt8(ascii: "="), number[2] == UInt8(ascii: "0") || number[2] == UInt8(ascii: "1")
        else { return nil }
        if number.count > 3 && number[3] != UInt8(ascii: ".") { return nil }
        var thousandths = Int(number[2] &- UInt8(ascii: "0")) * 1_000
        var place = 100
        for index in 4..<Swift.max(number.count, 4) {
            if !ASCII.isDigit(number[index]) { return nil }
            thousandths += Int(number[index] &- UInt8(ascii: "0")) * place
            place /= 10
        }
        return thousandths <= 1_000 ? thousandths : nil
    }
}

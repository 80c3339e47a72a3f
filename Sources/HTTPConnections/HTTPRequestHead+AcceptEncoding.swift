/// The choice of a coding for the answer.
///
/// The known coding with the highest weight is chosen, the first among equals. Other codings and `*` are ignored, as
/// are codings of weight zero. A weight that cannot be read makes the whole field mean nothing: the answer is not
/// compressed.
///
/// - Source: Triton's HTTP front end, which clients are tested against; the grammar is RFC 9110 section 12.5.3.
extension HTTPRequestHead {
    mutating func acceptedCodingsReceived(_ value: Span<UInt8>) {
        var reader = ListReader()
        var elementCount = 0
        while elementCount < HTTPLimits.acceptedCodingCount, let range = reader.next(in: value) {
            elementCount += 1
            let element = value.extracting(range)
            var nameEnd = 0
            while nameEnd < element.count && ASCII.isTokenByte(element[nameEnd]) { nameEnd &+= 1 }
            guard let thousandths = Self.weight(element.extracting(nameEnd...)) else {
                acceptedCoding = .identity
                acceptedThousandths = Int.max
                return
            }
            guard let coding = ContentCoding(named: element.extracting(..<nameEnd)) else { continue }
            if thousandths > acceptedThousandths {
                acceptedThousandths = thousandths
                acceptedCoding = coding
            }
        }
    }

    /// Reads what stands behind the name of a coding: nothing, or `;q=` and a number from 0 to 1 with at most three
    /// decimals.
    ///
    /// - Returns: thousandths, nothing if it cannot be read.
    private static func weight(_ text: Span<UInt8>) -> Int? {
        if text.isEmpty { return 1_000 }
        var position = 0
        while position < text.count && ASCII.isBlank(text[position]) { position &+= 1 }
        if position == text.count || text[position] != UInt8(ascii: ";") { return nil }
        position &+= 1
        while position < text.count && ASCII.isBlank(text[position]) { position &+= 1 }
        let number = text.extracting(position...)
        guard number.count >= 3, number.count <= 7, number[0] | 0x20 == UInt8(ascii: "q"),
            number[1] == UInt8(ascii: "="), number[2] == UInt8(ascii: "0") || number[2] == UInt8(ascii: "1")
        else { return nil }
        var thousandths = Int(number[2] &- UInt8(ascii: "0")) * 1_000
        if number.count > 3 && number[3] != UInt8(ascii: ".") { return nil }
        var place = 100
        for index in 4..<Swift.max(number.count, 4) {
            if !ASCII.isDigit(number[index]) { return nil }
            thousandths += Int(number[index] &- UInt8(ascii: "0")) * place
            place /= 10
        }
        return thousandths <= 1_000 ? thousandths : nil
    }
}

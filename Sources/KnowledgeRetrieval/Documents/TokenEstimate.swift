/// How many tokens a text has, where no encoder counts them.
///
/// Sentence encoders cut words into pieces of the most frequent letters: short words are one piece, long ones a few,
/// and every sign is one. The estimate is rather too high, so that nothing is cut off.
enum TokenEstimate {
    /// Letters for each piece of a long word.
    private static let lettersPerPiece = 5

    static func count(_ text: String) -> Int {
        var count = 0
        var run = 0
        func end() {
            if run > 0 { count += run <= 7 ? 1 : (run + lettersPerPiece - 1) / lettersPerPiece }
            run = 0
        }
        var digits = 0
        for byte in text.utf8 {
            if Letter.isDigit(byte) {
                // Numbers are cut finer than words.
                digits += 1
                if digits % 3 == 1 { count += 1 }
                end()
            } else if Letter.isLetter(byte) {
                digits = 0
                run += 1
                // Bytes beyond ASCII stand for letters that may be pieces of their own.
                if byte >= 0xC0 { count += 1 }
            } else {
                digits = 0
                end()
                if !Letter.isBlank(byte) { count += 1 }
            }
        }
        end()
        return count
    }
}

/// One named fact of an event.
package struct EventField: Sendable {
    /// A fact in the type in which a machine should read it.
    package enum Value: Sendable {
        case text(String)
        case integer(Int)
        case number(Double)
        case flag(Bool)
    }

    let name: StaticString
    let value: Value

    /// Names a text.
    ///
    /// Text that came from a client needs no preparation: it is escaped and cut when it is written.
    package init(_ name: StaticString, _ text: String) {
        self.name = name
        value = .text(text)
    }

    /// Names a count, a size or a code.
    package init(_ name: StaticString, _ integer: Int) {
        self.name = name
        value = .integer(integer)
    }

    /// Names a measurement.
    package init(_ name: StaticString, _ number: Double) {
        self.name = name
        value = .number(number)
    }

    /// Names something that is so or not.
    package init(_ name: StaticString, _ flag: Bool) {
        self.name = name
        value = .flag(flag)
    }
}

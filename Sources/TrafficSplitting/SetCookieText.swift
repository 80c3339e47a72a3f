/// What stands in a `Set-Cookie` field before and behind the key.
///
/// - Source: RFC 6265 section 4.1; `SameSite` by RFC 6265bis section 5.6.7.
package struct SetCookieText: Equatable, Sendable {
    package let opening: String
    package let closing: String

    /// Prepares what all cookies of a split have in common.
    ///
    /// - Parameter isSecure: whether the cookie may only travel over TLS.
    /// - Precondition: the rules have no fault, so that nothing in them ends the field.
    package init(_ rules: StickyRules, isSecure: Bool) {
        precondition(rules.fault == nil, "only sound rules are used")
        opening = "\(rules.cookie)="
        closing = "; Path=/; HttpOnly; SameSite=Lax; Max-Age=\(rules.maxAgeSeconds)\(isSecure ? "; Secure" : "")"
    }
}

/// The version that the server tells its clients.
package enum ServerVersion {
    /// Changes with every release, together with the first heading of the change log.
    package static let text = "0.1.0"
}

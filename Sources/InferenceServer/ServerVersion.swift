/// The version that the program tells its users and its clients.
package enum ServerVersion {
    /// Changes with every release, together with the first heading of the change log.
    package static let text = "0.1.0"
}

// Package mail reads e-mail messages (RFC 5322) with their MIME parts.
package mail

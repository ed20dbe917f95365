// Package mail reads mails (RFC 5322) with their parts (MIME).
package mail

// Package talk holds a conversation at a terminal or through a pipe: it reads
// questions and commands, shows how each is answered, and keeps the session.
package talk

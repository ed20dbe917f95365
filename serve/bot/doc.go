// Package bot answers questions in chat services in the same way as the server: a
// Desk asks a [serve.Scope] and keeps a conversation for each thread. A chat service
// may get its answer after its request was acknowledged; such answers are finished
// before the program ends.
//
// The package is independent of any chat service. Packages slack and kakao take the
// requests of one, call Desk.Go and Desk.Ask, and send the replies.
package bot

// Package chatbot is what the bots of these examples share: an agent over a
// collection that `selfrag ingest` filled, conversations by thread, and answers
// that are written after their request was acknowledged, and finished before
// the program ends.
//
// It knows no chat service. Those are in ../slack and ../kakao: requests in,
// Desk.Go and Desk.Ask, replies out.
package chatbot

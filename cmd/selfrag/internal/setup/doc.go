// Package setup looks at the machine and at what is there: init proposes models,
// fetches them and writes selfrag.yaml; doctor says of each part whether it is
// found and how fast it is.
package setup

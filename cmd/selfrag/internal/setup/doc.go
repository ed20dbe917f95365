// Package setup examines the machine and its parts. The command init proposes
// models, fetches them and writes selfrag.yaml. The command doctor reports for
// each part whether it is found and how fast it is.
package setup

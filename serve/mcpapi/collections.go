package mcpapi

import "context"

type listInput struct{}

func (listInput) named() string { return "" }

type listOutput struct {
	Collections []collection `json:"collections"`
}

type collection struct {
	Name      string `json:"name"`
	Documents int    `json:"documents"`
	Passages  int    `json:"passages"`
	Created   string `json:"created" jsonschema:"RFC 3339"`
	Default   bool   `json:"default" jsonschema:"it is used if a call names no collection"`
}

func (s *Server) addListCollections() error {
	return add(s, tool[listInput, listOutput]{
		name: "list_collections", title: "List collections", light: true,
		description: "List the sets of documents that search and ask can use.",
		run: func(ctx context.Context, caller Caller, _ listInput, _ func(string)) (listOutput, error) {
			out := listOutput{Collections: []collection{}}
			infos, err := caller.Scope.Collections(ctx)
			for _, i := range infos {
				out.Collections = append(out.Collections, collection{i.Name, i.Documents, i.Passages, i.Created, i.Name == s.cfg.Service.CollectionOr("")})
			}
			return out, err
		},
	})
}

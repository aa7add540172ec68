package openapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/watchword-auth/watchword/input"
)

func describe(o *Operation, method string, types *typeReader) *operation {
	d := &operation{OperationID: o.ID, Summary: o.Summary, Tags: o.Tags, Responses: responses(o, types)}
	if o.Session {
		d.Security = []map[string][]string{{"sessionCookie": {}}}
	}
	d.Parameters = pathParameters(o)
	for _, p := range o.Input.Query {
		d.Parameters = append(d.Parameters, parameter{p.Name, "query", p.Description, p.Required, propertySchema(p)})
	}
	if method == http.MethodGet || len(o.Input.Body) == 0 {
		return d
	}
	content := bodySchema(o.Input.Body)
	d.RequestBody = &body{Required: len(content.Required) > 0, Content: map[string]media{}}
	for _, t := range o.Types {
		d.RequestBody.Content[t] = media{content}
	}
	return d
}

// pathParameters takes names from the path itself: raw endpoints have no Bind
// to tell them.
func pathParameters(o *Operation) (parameters []parameter) {
	for segment := range strings.SplitSeq(o.Path, "/") {
		if !strings.HasPrefix(segment, "{") {
			continue
		}
		p := parameter{Name: strings.Trim(segment, "{}"), In: "path", Required: true, Schema: &schema{Type: "string"}}
		for _, known := range o.Input.Path {
			if known.Name == p.Name {
				p.Description = known.Description
			}
		}
		parameters = append(parameters, p)
	}
	return parameters
}

func responses(o *Operation, types *typeReader) map[string]response {
	ok := response{Description: "Success"}
	if o.Output != nil {
		ok.Content = map[string]media{input.TypeJSON: {types.read(o.Output)}}
	}
	all := map[string]response{"200": ok}
	refusals := []int{http.StatusBadRequest, http.StatusTooManyRequests, http.StatusInternalServerError}
	if o.Session {
		refusals = append(refusals, http.StatusUnauthorized)
	}
	if o.Method != http.MethodGet || o.Fresh {
		refusals = append(refusals, http.StatusForbidden)
	}
	for _, status := range refusals {
		r := response{Description: http.StatusText(status)}
		if status != http.StatusInternalServerError {
			r.Content = map[string]media{input.TypeJSON: {&schema{Ref: "#/components/schemas/Error"}}}
		}
		all[strconv.Itoa(status)] = r
	}
	return all
}

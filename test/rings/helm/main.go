// Lints a chart as `helm lint --strict` does, renders it with the values on stdin, and reads every manifest by the types of
// Kubernetes itself, which know no other members. It prints the manifests, one line of JSON for each.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

var kinds = map[string]func() any{
	"apps/v1 StatefulSet":          func() any { return &appsv1.StatefulSet{} },
	"v1 Service":                   func() any { return &corev1.Service{} },
	"networking.k8s.io/v1 Ingress": func() any { return &networkingv1.Ingress{} },
	"policy/v1 PodDisruptionBudget": func() any {
		return &policyv1.PodDisruptionBudget{}
	},
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	given, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(given, &values); err != nil {
		return err
	}
	for _, message := range lint.All(folder, values, "default", true).Messages {
		if message.Severity >= support.WarningSev {
			return fmt.Errorf("lint: %s", message)
		}
	}
	chart, err := loader.Load(folder)
	if err != nil {
		return err
	}
	release := chartutil.ReleaseOptions{Name: "login", Namespace: "default", IsInstall: true, Revision: 1}
	all, err := chartutil.ToRenderValues(chart, values, release, chartutil.DefaultCapabilities)
	if err != nil {
		return err
	}
	rendered, err := engine.Render(chart, all)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(rendered))
	for name := range rendered {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, text := range strings.Split(rendered[name], "\n---\n") {
			if strings.HasSuffix(name, ".txt") || strings.TrimSpace(text) == "" {
				continue
			}
			if err := print(name, []byte(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

func print(name string, text []byte) error {
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := yaml.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	make, known := kinds[head.APIVersion+" "+head.Kind]
	if !known {
		return fmt.Errorf("%s: %s %s is not a kind that this reads", name, head.APIVersion, head.Kind)
	}
	object := make()
	if err := yaml.UnmarshalStrict(text, object); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return json.NewEncoder(os.Stdout).Encode(object)
}

package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/argoproj/argo-cd/v3/controller"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/app/path"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// scopes knows which kinds have no namespace; Argo CD asks the cluster.
type scopes map[schema.GroupKind]bool

var clusterScoped = scopes{
	{Kind: "Namespace"}: true,
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"}:        true,
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}: true,
}

func (s scopes) IsNamespaced(kind schema.GroupKind) (bool, error) { return !s[kind], nil }

// refusals gives what Argo CD would not sync of an Application's objects: it says so of each, and the sync fails.
func (h *hub) refusals(
	ctx context.Context, app *v1alpha1.Application, project *v1alpha1.AppProject, objects []*unstructured.Unstructured,
) ([]string, error) {
	said := []string{}
	cluster, err := argo.GetDestinationCluster(ctx, app.Spec.Destination, h.db)
	if err != nil {
		return nil, err
	}
	filter, err := h.settings.GetResourcesFilter()
	if err != nil {
		return nil, err
	}
	projectClusters := func(project string) ([]*v1alpha1.Cluster, error) { return h.db.GetProjectClusters(ctx, project) }
	copies := make([]*unstructured.Unstructured, len(objects))
	for i, object := range objects {
		copies[i] = object.DeepCopy()
	}
	normalized, conditions, err := controller.NormalizeTargetObjects(
		app.Spec.Destination.Namespace, copies, clusterScoped, func(*unstructured.Unstructured) error { return nil },
	)
	if err != nil {
		return nil, err
	}
	for _, condition := range conditions {
		said = append(said, condition.Message)
	}
	for _, object := range normalized {
		kind, namespaced := object.GroupVersionKind().GroupKind(), object.GetNamespace() != ""
		name := fmt.Sprintf("%s %s/%s", kind, object.GetNamespace(), object.GetName())
		if filter.IsExcludedResource(kind.Group, kind.Kind, cluster.Server) {
			said = append(said, name+" is excluded in the settings")
		}
		if !project.IsGroupKindNamePermitted(kind, object.GetName(), namespaced) {
			said = append(said, name+" is not permitted in project "+project.Name)
		}
		if !namespaced {
			continue
		}
		permitted, err := project.IsDestinationPermitted(cluster, object.GetNamespace(), projectClusters)
		if err != nil {
			return nil, err
		}
		if !permitted {
			said = append(said, name+" is in a namespace that is not permitted in project "+project.Name)
		}
	}
	slices.Sort(said)
	return said, nil
}

// questions are for functions of Argo CD that fleetc has its own version of.
type questions struct {
	Projects     []v1alpha1.AppProject `json:"projects"`
	Sources      []sourceQuestion      `json:"sources"`
	Destinations []destinationQuestion `json:"destinations"`
	Kinds        []kindQuestion        `json:"kinds"`
	Paths        []pathQuestion        `json:"paths"`
}

// Each has the place of its project in the list.
type sourceQuestion struct {
	Project int    `json:"project"`
	RepoURL string `json:"repoURL"`
}

type destinationQuestion struct {
	Project   int    `json:"project"`
	Name      string `json:"name"`
	Server    string `json:"server"`
	Namespace string `json:"namespace"`
}

type kindQuestion struct {
	Project    int    `json:"project"`
	Group      string `json:"group"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Namespaced bool   `json:"namespaced"`
}

// pathQuestion asks whether an Application with this annotation is concerned by a changed file.
type pathQuestion struct {
	GeneratePaths string `json:"generatePaths"`
	Source        string `json:"source"`
	Changed       string `json:"changed"`
}

// answers are in the order of the questions.
type answers struct {
	Sources      []bool `json:"sources"`
	Destinations []bool `json:"destinations"`
	Kinds        []bool `json:"kinds"`
	Paths        []bool `json:"paths"`
}

func (q *questions) answer() *answers {
	told := &answers{}
	for _, asked := range q.Sources {
		told.Sources = append(told.Sources, q.Projects[asked.Project].IsSourcePermitted(v1alpha1.ApplicationSource{RepoURL: asked.RepoURL}))
	}
	for _, asked := range q.Destinations {
		cluster := &v1alpha1.Cluster{Name: asked.Name, Server: asked.Server}
		permitted, err := q.Projects[asked.Project].IsDestinationPermitted(cluster, asked.Namespace, nil)
		told.Destinations = append(told.Destinations, permitted && err == nil)
	}
	for _, asked := range q.Kinds {
		kind := schema.GroupKind{Group: asked.Group, Kind: asked.Kind}
		told.Kinds = append(told.Kinds, q.Projects[asked.Project].IsGroupKindNamePermitted(kind, asked.Name, asked.Namespaced))
	}
	for _, asked := range q.Paths {
		app := &v1alpha1.Application{}
		app.Annotations = map[string]string{v1alpha1.AnnotationKeyManifestGeneratePaths: asked.GeneratePaths}
		app.Spec.Source = &v1alpha1.ApplicationSource{Path: asked.Source}
		refresh := path.GetSourceRefreshPaths(app, app.Spec.GetSource())
		told.Paths = append(told.Paths, path.AppFilesHaveChanged(refresh, []string{asked.Changed}))
	}
	return told
}

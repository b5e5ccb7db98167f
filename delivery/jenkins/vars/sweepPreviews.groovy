/**
 * Removes the apps of closed pull requests, old ones and those above the quota, and reports orphans: every hour, and
 * whenever it is run. For a job of its own:
 *
 *   sweepPreviews(repositories: ['https://github.com/example/three-services'])
 *
 * repositories    Addresses of the repositories; what their default branches say counts.
 * branch          The default branch. Default: main.
 * agent, githubApp, deployTokens    As in delivery.
 * closeToken      Lets GitHub's webhook for pull requests start the job when one is closed, at
 *                 <Jenkins>/generic-webhook-trigger/invoke?token=<closeToken>. Needs the plugin generic-webhook-trigger. Nothing
 *                 that a call says is believed: it makes the next sweep come sooner. Default: none.
 */
def call(Map given = [:]) {
  Map settings = [branch: 'main', agent: 'image-builds', githubApp: 'github-app', deployTokens: 'deploy-tokens', closeToken: null]
  for (String name in given.keySet()) {
    if (name != 'repositories' && !settings.containsKey(name)) {
      error("sweepPreviews: ${name} is not a setting; use repositories, ${settings.keySet().join(', ')}")
    }
  }
  settings.putAll(given)
  if (!(settings.repositories instanceof List) || settings.repositories.isEmpty()) {
    error("sweepPreviews: repositories is missing; give a list of addresses such as https://github.com/example/three-services")
  }

  List triggers = [cron('H * * * *')]
  if (settings.closeToken != null) {
    triggers += GenericTrigger(
      token: settings.closeToken,
      genericVariables: [[key: 'action', value: '$.action']],
      regexpFilterText: '$action',
      regexpFilterExpression: '^closed$',
      printPostContent: false,
      printContributedVariables: false
    )
  }
  properties([disableConcurrentBuilds(), buildDiscarder(logRotator(numToKeepStr: '50')), pipelineTriggers(triggers)])

  List failed = []
  node(settings.agent) {
    for (String url in settings.repositories) {
      stage(url.tokenize('/').takeRight(2).join('/')) {
        try {
          sweep(settings, url)
        } catch (problem) {
          // One repository's trouble is not the next one's.
          if (problem.getClass().simpleName == 'FlowInterruptedException') {
            throw problem
          }
          echo("${url}: ${problem.message}")
          failed += url
        }
      }
    }
  }
  if (failed) {
    error("not swept: ${failed.join(', ')}")
  }
}

private void sweep(Map settings, String url) {
  dir("sweep-${url.tokenize('/').takeRight(2).join('-')}") {
    git(url: url, branch: settings.branch, credentialsId: settings.githubApp)
    withCredentials([
      usernamePassword(credentialsId: settings.githubApp, usernameVariable: 'GITHUB_APP', passwordVariable: 'GITHUB_TOKEN'),
      string(credentialsId: "${settings.deployTokens}-preview".toString(), variable: 'DEPLOY_TOKENS')
    ]) {
      Map swept = paasmas(['sweep'])
      for (Map orphan in swept.orphans) {
        echo("orphan ${orphan.name}: ${orphan.reason}; look after it by hand")
        currentBuild.result = 'UNSTABLE'
      }
    }
  }
}

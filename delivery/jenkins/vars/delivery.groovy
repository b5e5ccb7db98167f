import groovy.json.JsonOutput

/**
 * The road of a repository: what its Jenkinsfile calls. Which stages a change goes through is decided by
 * `paasmas delivery decide`, the same for every CI; here they are carried out.
 *
 *   delivery(test: 'npm test', acceptance: 'npm run acceptance', capacity: 'capacity/capacity.js')
 *
 * test            Unit tests; a shell command.
 * acceptance      Tests against staging; a shell command. Finds <APP>_URL in its environment.
 * capacity        A k6 script with thresholds. Finds <APP>_URL in __ENV.
 * image           Container image that test and acceptance run in. Default: none, on the agent itself.
 * k6              Container image of k6, with a shell. Default: none, the agent's own k6.
 * submitters      Who may agree to a release: users and groups, with commas. Default: whoever may build.
 * releaseHours    How long a release waits for that. Default: 72.
 * agent           Label of the agents. Default: image-builds.
 * sandbox         Label of the agents that run strangers' tests. Default: that of agent, if there is an image; the agents' login
 *                 to the registry is not for strangers.
 * githubApp       Id of the GitHub App's credential. Default: github-app.
 * deployTokens    Ids of the hooks' tokens begin with this, and end in -preview, -staging, -production; secret texts,
 *                 JSON: {"app": "token"}, or of a platform {"username": "...", "password": "..."}. Default: deploy-tokens.
 * mailTo          Who gets mail about failures, recoveries and releases. Default: nobody.
 * slack           Id of a secret text, the address of a Slack webhook. Default: none.
 * testMinutes     How long tests may take, each. Default: 30.
 */
def call(Map given = [:]) {
  Map settings = checked(given)
  boolean pullRequest = env.CHANGE_ID != null
  List limits = [buildDiscarder(logRotator(numToKeepStr: '50'))]
  if (env.BRANCH_IS_PRIMARY != 'true') {
    // A newer push makes a pull request's older run pointless; what goes to an environment is never cut short. On the default
    // branch a release may wait for days until somebody agrees, and what comes after it is tested meanwhile.
    limits.add(disableConcurrentBuilds(abortPrevious: pullRequest))
  }
  properties(limits)

  Map run = [stage: 'decide', result: 'failure']
  try {
    road(settings, run, pullRequest)
    run.result = 'success'
  } catch (problem) {
    if (problem.getClass().simpleName == 'FlowInterruptedException') {
      run.result = 'aborted'
    }
    throw problem
  } finally {
    if (!pullRequest && run.environment != null) {
      notifyTeam(settings, run)
    }
  }
}

private void road(Map settings, Map run, boolean pullRequest) {
  Map route = null
  String images = null
  node(settings.agent) {
    checkout(scm)
    stage('decide') {
      // What is there, and not what the source says: it may be a merge that was made here.
      String commit = sh(script: 'git rev-parse HEAD', returnStdout: true, label: 'git rev-parse HEAD').trim()
      route = decide(settings, pullRequest, commit)
      echo(route.because)
    }
    run.environment = route.environment
    if (route.credentials) {
      if ('commit' in route.stages) {
        at(run, 'commit') { images = commit(settings, pullRequest) }
      }
      if ('preview' in route.stages) {
        at(run, 'preview') { preview(settings, images) }
      }
      if ('acceptance' in route.stages) {
        // One at a time: two sets of images on staging would be tested as one.
        lock(resource: "staging of ${project()}".toString()) {
          staging(settings, run, images)
        }
      }
    }
  }
  if ('tests' in route.stages) {
    if (pullRequest && settings.image == null && settings.sandbox == settings.agent) {
      // The agents have a login to the registry, which whatever runs there can read.
      error('delivery: tests of pull requests that are not trusted need a container or agents of their own; set image or sandbox')
    }
    node(settings.sandbox) {
      checkout(scm)
      at(run, 'tests') { tests(settings) }
    }
  }
  if ('manual' in route.stages) {
    // No agent is held while somebody makes up their mind.
    at(run, 'manual') {
      timeout(time: settings.releaseHours, unit: 'HOURS') {
        Map question = [message: "Release ${env.JOB_NAME} ${currentBuild.displayName} to production?", ok: 'Release']
        if (settings.submitters != null) {
          question.submitter = settings.submitters
        }
        input(question)
      }
    }
  }
  if ('release' in route.stages) {
    lock(resource: "production of ${project()}".toString()) {
      // An older build that was waiting does not come after a newer one: Jenkins aborts it.
      milestone()
      node(settings.agent) {
        // What was released last is known only now.
        String since = checkout(scm).GIT_PREVIOUS_SUCCESSFUL_COMMIT
        at(run, 'release') { release(settings, run, images, since) }
      }
    }
  }
}

private Map decide(Map settings, boolean pullRequest, String commit) {
  if (!pullRequest) {
    Map push = [event: 'push', branch: env.BRANCH_NAME, primary: env.BRANCH_IS_PRIMARY == 'true']
    return paasmas(['decide', '--look-up'], [input: JsonOutput.toJson(push)])
  }
  Map change = [event: 'pull-request', number: env.CHANGE_ID as Integer, commit: commit]
  Map route = null
  // From Jenkins and not from the files, which are the pull request's.
  withGithub(settings) {
    route = paasmas(['decide', '--look-up', '--repository', repository()], [input: JsonOutput.toJson(change)])
  }
  return route
}

private void tests(Map settings) {
  timeout(time: settings.testMinutes, unit: 'MINUTES') {
    inContainer(settings.image, settings.test)
  }
}

/** @return The images with their digests, as JSON text: what all that follows is about. */
private String commit(Map settings, boolean pullRequest) {
  tests(settings)
  return JsonOutput.toJson(paasmas(pullRequest ? ['build', '--preview'] : ['build']))
}

private void preview(Map settings, String images) {
  try {
    withTokens(settings, 'preview') {
      paasmas(['deploy', 'preview', '--pull-request', env.CHANGE_ID], [images: images])
    }
  } catch (problem) {
    say(settings, images, 'failed', ['--detail', "See ${env.BUILD_URL}"])
    throw problem
  }
  say(settings, images, 'ready', [])
}

private void say(Map settings, String images, String state, List more) {
  withGithub(settings) {
    paasmas(['comment', '--pull-request', env.CHANGE_ID, '--repository', repository(), '--commit', commitOf(images), '--state', state] + more)
  }
}

private void staging(Map settings, Map run, String images) {
  Map urls = [:]
  at(run, 'acceptance') {
    withTokens(settings, 'staging') {
      urls = addresses(paasmas(['deploy', 'staging'], [images: images]))
    }
    timeout(time: settings.testMinutes, unit: 'MINUTES') {
      inContainer(settings.image, settings.acceptance, urls, 'host')
    }
    pass(settings, 'acceptance', images)
  }
  at(run, 'capacity') {
    timeout(time: settings.testMinutes, unit: 'MINUTES') {
      // k6 ends with 99 when a threshold is crossed.
      inContainer(settings.k6, "k6 run --quiet ${settings.capacity}", urls, 'host')
    }
    pass(settings, 'capacity', images)
  }
}

/** Looks at what runs there, and a platform answers nobody who is not logged in. */
private void pass(Map settings, String test, String images) {
  withTokens(settings, 'staging') {
    paasmas(['pass', test], [images: images])
  }
}

private void release(Map settings, Map run, String images, String since) {
  // What has passed before is not built again: this finds it.
  String tested = images ?: JsonOutput.toJson(paasmas(['build']))
  Map released = null
  withTokens(settings, 'production') {
    released = paasmas(['promote'], [images: tested])
  }
  List range = since == null ? [] : ['--since', since]
  Map record = paasmas(['cycle-time', '--append', 'cycle-time.jsonl'] + range, [released: JsonOutput.toJson(released)])
  run.cycleSeconds = record.cycleSeconds
  archiveArtifacts(artifacts: 'cycle-time.jsonl')
  currentBuild.keepLog = true
  currentBuild.description = "released ${record.commit.take(12)}"
}

/** A stage, whose name is known afterwards. */
private void at(Map run, String name, Closure body) {
  run.stage = name
  stage(name, body)
}

private void withGithub(Map settings, Closure body) {
  withCredentials([usernamePassword(credentialsId: settings.githubApp, usernameVariable: 'GITHUB_APP', passwordVariable: 'GITHUB_TOKEN')], body)
}

private void withTokens(Map settings, String environment, Closure body) {
  withCredentials([string(credentialsId: "${settings.deployTokens}-${environment}".toString(), variable: 'DEPLOY_TOKENS')], body)
}

/** The folder of this repository's branches, `owner/name`. */
private String project() {
  return env.JOB_NAME.tokenize('/').dropRight(1).join('/')
}

/** `owner/name` out of https://github.com/owner/name/pull/12. */
private String repository() {
  List parts = env.CHANGE_URL.tokenize('/')
  return "${parts[2]}/${parts[3]}"
}

@NonCPS
private static String commitOf(String images) {
  return new groovy.json.JsonSlurperClassic().parseText(images).commit
}

@NonCPS
private static Map addresses(List deployed) {
  return deployed.collectEntries { [(it.app.toUpperCase().replace('-', '_') + '_URL'): it.url] }
}

private Map checked(Map given) {
  Map settings = [
    image: null, k6: null, submitters: null, releaseHours: 72, agent: 'image-builds', sandbox: null,
    githubApp: 'github-app', deployTokens: 'deploy-tokens', mailTo: null, slack: null, testMinutes: 30,
  ]
  List needed = ['test', 'acceptance', 'capacity']
  List problems = []
  for (String name in given.keySet()) {
    if (!(name in needed) && !settings.containsKey(name)) {
      problems += "${name} is not a setting; use ${(needed + settings.keySet().toList()).join(', ')}"
    }
  }
  settings.putAll(given)
  for (String name in needed) {
    if (!(settings[name] instanceof String) || settings[name].trim() == '') {
      problems += "${name} is missing; give ${name == 'capacity' ? 'a k6 script' : 'a shell command'}"
    }
  }
  if (settings.capacity instanceof String && !(settings.capacity ==~ '[A-Za-z0-9_./-]+')) {
    problems += "capacity: ${settings.capacity} is no path of a k6 script; use letters, digits and ._/-"
  }
  for (String name in ['releaseHours', 'testMinutes']) {
    if (!(settings[name] instanceof Integer) || settings[name] < 1) {
      problems += "${name}: ${settings[name]} is not allowed; use a whole number from 1"
    }
  }
  if (problems) {
    error("delivery: ${problems.join('\ndelivery: ')}")
  }
  settings.sandbox = settings.sandbox ?: settings.agent
  return settings
}

import groovy.json.JsonOutput

/**
 * Sends the notification at the end of a run of `delivery`. `paasmas delivery notify` decides which runs need one, as
 * for every CI.
 *
 * @param settings Settings of delivery: the mail address and the Slack webhook.
 * @param run Outcome of the run: result, last stage, and the cycle time of a release.
 */
def call(Map settings, Map run) {
  if (settings.mailTo == null && settings.slack == null) {
    return
  }
  try {
    Map notification = notificationOf(settings, run)
    if (notification.send && settings.mailTo != null) {
      mail(to: settings.mailTo, subject: notification.subject, body: notification.text)
    }
  } catch (problem) {
    // A failed notification does not change the result of the run.
    echo("notification failed: ${problem.message}")
  }
}

private Map notificationOf(Map settings, Map run) {
  Map end = [
    repository: env.JOB_NAME.tokenize('/').dropRight(1).join('/'),
    branch: env.BRANCH_NAME,
    result: run.result,
    previous: resultOf(currentBuild.previousBuild),
    url: env.BUILD_URL,
  ]
  if (run.result == 'failure') {
    end.stage = run.stage
  }
  if (run.cycleSeconds != null) {
    end.cycleSeconds = run.cycleSeconds
  }
  Map notification = null
  node(settings.agent) {
    if (settings.slack == null) {
      notification = paasmas(['notify'], [input: JsonOutput.toJson(end)])
    } else {
      withCredentials([string(credentialsId: settings.slack, variable: 'SLACK_WEBHOOK_URL')]) {
        notification = paasmas(['notify', '--slack'], [input: JsonOutput.toJson(end)])
      }
    }
  }
  return notification
}

@NonCPS
private static String resultOf(build) {
  Map words = [SUCCESS: 'success', UNSTABLE: 'failure', FAILURE: 'failure', ABORTED: 'aborted', NOT_BUILT: 'aborted']
  return build == null ? null : words[build.result]
}

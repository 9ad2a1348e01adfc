"""The words that questions for facts consist of, by small classes.

A word may be of several classes. An underscore stands for the blank of a phrase, which counts as one word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from understanding.model import Topic
from understanding.words import STRONG_NOUNS

# What repositories cannot show, or what can be asked here
TOPICS: Final[Mapping[Topic, str]] = {
    "contact": """
        book_a_call arrange_a_call schedule_a_call meet best_way_to_reach way_to_reach reach_out contact_info
        contact_information in_touch contact reach email e-mail mail linkedin twitter get_in_touch contact_details
        phone_number email_address e-mail_address address talk_to write_to social_media mastodon connect_with
        """,
    "availability": """
        freelance_work take_on taking_on available availability contract_work contract new_position new_role new_job
        new_challenge open_for contracting hire hirable hireable open_to looking_for freelance freelancer freelancing
        relocate relocation remote remotely notice_period full_time part_time opportunities opportunity internship
        """,
    "salary": """
        per_day per_month per_hour hourly wage pay a_day salary rate rates cost costs charge charges earn earns paid
        salary_expectation salary_expectations day_rate hourly_rate hourly_pay expensive compensation
        """,
    "teamwork": """
        leadership_experience management_experience team teams team_player team_lead leader mentor communicator
        colleagues others people lead led manage managed manager collaborate collaborates collaborated collaboration
        leadership teamwork soft_skills coworkers
        """,
    "seniority": """
        mid_level in_the_industry industry years_in_tech computer_science enough seniority_level lead_position
        years_in_the_industry phd bachelor master's bootcamp senior seniority level junior mid-level degree diploma
        university college school education employer employed job_title current_job job study studied studies graduate
        graduated certificate certified certificates certification certifications how_experienced years_old
        who_employs where_did_he_work where_does_he_work where_has_he_worked who_does_he_work_for who_did_he_work_for
        how_old_is_he
        """,
    "help": """
        what_kinds_of_questions
        how_does_this_thing_work what_does_this_do what_can_i_type what_can_i_type_here what_can_i_ask_this
        what_can_i_ask_here type ask_here what_sort_of_things what_things what_kinds_of_things examples_of_questions
        example_questions what_should_i_ask how_do_i_ask what_can_i_ask_for help hello hi hey hello_there hi_there
        what_can_i_ask what_can_i_do what_can_he_do what_can_this_do what_can_i_search how_do_i_search how_do_i_use
        what_questions what_kind_of_questions how_does_this_work how_does_it_work_here how_does_this_search_work
        how_does_the_search_work how_does_this_page_work how_does_this_site_work what_is_this what_is_this_page
        what_is_this_site when_was_this_last_updated when_was_this_updated when_was_this_page_last_updated
        when_was_the_data_last_updated how_old_is_this how_old_is_this_data how_old_is_the_data how_up_to_date_is_this
        how_up_to_date_is_the_data what_can_one_ask
        """,
}

TABLE: Final[Mapping[str, str]] = {
    # Function words: they say nothing of what is asked.
    "glue": """
        the a an of to in on at for by with from and into & me us we my our it its is are was were be been being am do
        does did has have had having got get gets will would could can should may might must shall that who whose
        these those there here so also just really actually ever already still please thanks exactly he his him
        himself some all every each both other ones them s public github own overall altogether currently now among
        across using this they then as one you i within out either between very _ ,
        """,
    # Words that say nothing here, whatever is asked.
    "filler": """
        across_the_board day_to_day from_day_to_day one_paragraph next_year next_month next_week but say whatever
        anyone anybody someone everyone people together combined side whole entire set_up setup yet at_all again words
        sentence sentences line lines paragraph terms couple of_minutes beginner recruiter hiring_manager hiring
        student newcomer visitor candidate looking cv resume if when_it_comes_to regarding concerning going_by
        based_on according relation respect relative compared_to relation_to overall general generally typical
        typically normal normally specific specifically particular particularly especially i_can can_i click view
        visit open try out_there around place personal ones side_projects spare open_source open-source somewhere
        anywhere even today quick quickly hurry happen happens seem seems appear appears bunch lots come comes came
        went actual hers theirs far given name names kinds sorts types type sort kind possible possibly perhaps
        probably tend tends wonder wondering curious think reckon believe true let pretty quite fairly wants wanted
        wish someone_else
        """,
    # Behind these, what a thing is like.
    "something": "something",
    # Between alternatives.
    "or": "or nor",
    # Between what is compared.
    "than": "than more_than less_than fewer_than",
    # What a question for things begins with.
    "ask": "which what what_is what_was what_does what_can what_are what_has what_have",
    # Forms of "be".
    "being": "is are was were be being",
    # Asks to choose.
    "which": "which_one which_way which",
    # Asks for a field.
    "in what": "in_what",
    # A question with these asks how long ago something was.
    "recency": "fresh ages_ago long_ago old_stuff rusty recent of_late outdated a_while_ago years_ago",
    # Before what is compared.
    "between": "between",
    # What is done in a language: "what does he code in".
    "writing": "write writes code codes program programs develop develops script",
    # What is done with tools: "what does he build with".
    "making": "build builds make makes work works create creates develop develops",
    # How prevalent tools are.
    "often": "show_up shows_up come_up comes_up appear appears most_often get_used used_most most_used",
    # The passive of use.
    "used": "last_touched last_used first_used first_touched been_used been_in_use",
    # What sums somebody up.
    "account": "sell_me gist overview summary about describe explain introduce sum_up rundown lowdown",
    # What happened last to a repository.
    "event": "last_commit last_push last_update last_release latest_commit latest_push latest_update last_change",
    # The ends of a time.
    "edge": "last_time first_time",
    # Before a choice.
    "first": "first",
    # Asks for advice.
    "advice": "should_i should_we i_should we_should should_one",
    # Asks whether anything shows a technology.
    "anywhere": "anywhere somewhere at_all",
    # Units of experience.
    "years": "years years_of months",
    # Asks for the biggest share.
    "mostly": "mostly mainly primarily predominantly chiefly largely entirely",
    # A person's knowledge, as nouns or verbs.
    "knows": """
        familiar_with comfortable_with experienced_with experienced_in proficient_in fluent_in good_with knows
        experience skills knowledge exposure familiarity background expertise
        """,
    # How good a person is.
    "able": """
        fluent competent proficient experienced comfortable good great strong best skilled expert excellent strongest
        good_at best_at great_at strong_in skilled_at
        """,
    # Adverbs that ask.
    "question": "how where when",
    # Asks for a place.
    "place": "where",
    # Adverbs of existence.
    "there": "there here ever",
    # Asks whether something is there.
    "any": "any anything",
    # Asks for more.
    "else": "else more other another additional further",
    # Asks to enumerate.
    "list": "list show give find see display show_me give_me tell_me let_me_see name mention enumerate",
    # Asks for everything.
    "all": "all every list everything",
    # Repositories.
    "noun": " ".join(sorted(STRONG_NOUNS)) + " repo_count project_count repository_count",
    # What is a repository only if somebody made it.
    "weak noun": """
        pushes updates service services module modules package packages utility utilities examples example experiments
        experiment prototype prototypes side_project side_projects solutions builds code_samples samples app apps
        application applications program programs script scripts thing things stuff work works creation creations
        piece pieces piece_of_work software library libraries site sites efforts
        """,
    # What shares are taken of.
    "code noun": """
        everything repo codebase whole portfolio stack code codebases work repos repositories projects commits stuff
        it this that source bytes lines programming written
        """,
    # Languages.
    "language noun": """
        language languages programming_language programming_languages coding_language coding_languages
        computer_language computer_languages scripting_language scripting_languages
        """,
    # Technologies.
    "stack noun": """
        stack stacks technology technologies framework frameworks library libraries tool tools tech techs tooling
        tech_stack technology_stack technical_stack techstack packages dependencies dependency toolbox toolset toolkit
        """,
    # All technologies of a portfolio.
    "whole stack": "tech_stack technology_stack technical_stack techstack stack",
    # What people are called by trade.
    "title": "developer engineer programmer dev expert coder person guy specialist wizard pro professional hacker",
    # Asks for a number.
    "count": """
        tally_of sum_of more_than_a_handful more_than_a_few more_than_a_couple headcount_of more_than fewer_than
        less_than at_least how_many number_of amount_of count_of the_number total_number count what_number quantity_of
        total_of repo_count project_count repository_count repos_count total tally
        """,
    # Asks to compare.
    "compare": """
        put next_to side_by_side differs pit stacked_up compare_to relative_to head_to_head compare comparing
        comparison compared contrast difference differences differ vs versus stack_up against in_common compares
        measure_up
        """,
    # Asks which of two has more.
    "comparative": """
        lean keener leaner which_way more_at_home more_comfortable more_at_ease more_of common likely heavier
        frequently prevalent wins win dominates dominate ahead often weightier bigger_side lighter more_than more
        better rather stronger prefer prefers preferred bigger larger smaller older newer younger popular favourite
        favorite most mainly mostly longer shorter stars recent active which_one less fewer last updated leaning leans
        than
        """,
    # Begins a question of yes or no.
    "whether": """
        how_solid how_deep how_strong
        familiar_with comfortable_with experienced_with experienced_in proficient_in fluent_in good_with does do did
        has have had is are was can could would any ever knows know got proof evidence sign signs trace traces
        how_well how_good how_much_experience how_familiar how_comfortable how_proficient how_fluent how_skilled
        how_experienced able
        """,
    # What people do with technologies, and how well.
    "know": """
        get_along_with at_home_with used_to_using fond confident_with hands_dirty come_across trained training deep
        depth level_of usage chops hands_on worked_with together used_to anywhere somewhere trust trusted versatile
        knowing profound in_depth grasp mastery knowledgeable accustomed at_ease at_all ever_done command
        feel_comfortable know knows known understand understands understood familiar experienced proficient good
        skilled comfortable fluent strong versed competent expert skill skills knowledge background expertise
        experience experiences able capable confident acquainted exposure like likes great learn learned learnt learns
        well know-how proof evidence sign signs trace traces handy adept at_home hands-on practical good_at good_in
        best_at great_at strong_in skilled_at skilled_in much lot a_lot too before by_any_chance yet often production
        professionally commercially decent real serious master masters mastered qualified basics fluency proficiency
        ability enough know_how_to how any anything
        """,
    # Verbs that say that something is used or done.
    "use": """
        carrying sporting bearing own owns owned take takes taken took push pushes pushing stop stopped hands_dirty
        in_use spend spent bring brought deliver maintain maintains maintaining go_with choose chose chosen pick picks
        picked grab show_off post posted posts upload uploaded invest invested ran worked_on working_on work_on fork
        forked touching mix mixes mixing combine combines combining feature features featuring carry carries publish
        published publishes put_out host hosts reach_for gets_used get_used mess_around messing_around mess_with
        messing_with fool_around play_with playing_with dabbling toy toyed tinker tinkered tinkering experiment
        experimented pick_up picked_up knowing collected earned drawn received gathered collect got_to involved
        involving leverage leverages leveraged set utilizes utilises incorporate incorporates employing consume
        delivered handled handles produced produce released release author authored contribute contributed write_about
        writing_about use uses used using utilise utilize work worked working write writes wrote written writing code
        codes coded coding program programs programmed programming speak speaks touch touched touches try tried tries
        done doing play played employ employs adopt adopted rely relies depend depends run runs need needs built build
        builds building made make makes making create created creates develop develops developed developing deploy
        deployed deploys ship shipped dabble dabbled dabbles apply applied implemented deal dealt contain contains
        include includes involve involves show shows finish finished complete completed
        """,
    # How a repository is made.
    "build": """
        hood bonnet sit sits under underlying underneath foundation foundations technically made_of rely_on went_into
        consists_of components ingredients pieces backed sits_on on_top_of runs_on run_on inside uses built build made
        make written write coded code implemented created developed programmed use used using based run runs powered
        depend depends rely relies need needs under_the_hood behind constructed consist consists require requires
        powers
        """,
    # Asks for similar repositories.
    "like": """
        share_tech_with same_spirit feels_like spirit_of style_of in_the_style reminiscent_of flavour_of same_kind
        same_sort similarly sibling siblings alternative alternatives relative relatives equivalent equivalents
        counterpart counterparts lookalike lookalikes liked likeness twin twins cousin cousins neighbours neighbors
        closely overlap overlaps overlapping same_vein like similar related resembling comparable resemble resembles
        alike akin close closest nearest same_as reminiscent reminds remind in_the_vein_of in_the_spirit_of
        along_the_lines_of
        """,
    # Asks what a repository is.
    "describing": """
        story_behind idea_behind thinking_behind
        mind_telling care_to what_on_earth_is what_problem what_the_hell_is version short_version rundown run-down
        tldr tl;dr story backstory lowdown what_is_it purpose_of background_on brief_me introduction description gloss
        breakdown tell_me about describe explain summary summarise summarize overview info information details purpose
        point idea goal introduce elaborate explanation walk_me_through talk_me_through aim gist what_is what_was
        what_does what_can what_exactly_is deal what_about what_are
        """,
    # Beside what describes.
    "describe glue": """
        words sentence simple plain english version rundown what this that happens project saw mentioned heard solve
        solves problem works work accomplish offer offers tell give do does all about elaborate know learn more
        something bit can for be mean aim supposed short brief quick exactly want want_to
        """,
    # Asks for the size of one repository.
    "number of one": "how_many how_much how_popular how_big how_large how",
    # Asks for a time.
    "time": """
        how_fresh how_rusty how_current since_what_year since_which_year how_far_back going_back when_exactly
        at_what_point how_long how_long_ago since_when when how_recent how_recently how_old how_up_to_date first_time
        last_time years_of years year months what_year which_year for_how_long age
        """,
    # Asks for a time by itself.
    "moment": """
        how_fresh how_rusty how_current since_what_year since_which_year how_far_back at_what_point how_long
        how_long_ago since_when when how_recent how_recently how_old first_time last_time for_how_long
        """,
    # Beside a time.
    "time glue": """
        back far in_use use used using around stopped first_started long_ago pick_up pick learnt seen saw appear
        appeared appears show_up showed_up come came enter entered adopt adopted commit committed commits push pushes
        touch active still since i_can see activity thing dip dive dabble come_up into first last start started begin
        began begun starting stop time recent most recently ago old picked_up picking_up over least more learn learned
        many number_of how_many date latest earliest initially originally updated update pushed changed change created
        release released published touched finish finished launch launched up what which what_is at_least
        """,
    # What developers do.
    "coding": """
        coding code program programming developing develop software active developer programmer work working build
        building making engineer open_source experience projects github
        """,
    # Asks for a share.
    "share": """
        more_than_half half_of majority_of how_heavy
        most_of_it most_of_the_code most_of_this how_dominant how_prevalent how_common how_big_a_part what_chunk
        how_big how_large what_proportion_of how_big_part big_part slice chunk how_much percentage percent what_share
        what_part what_fraction what_proportion fraction proportion share_of part_of portion ratio how_large_a_share
        what_portion % what_ratio
        """,
    # Asks for a share by itself.
    "ratio": """
        more_than_half half_of majority_of how_heavy
        how_dominant how_big_a_part how_common how_big_part slice chunk percentage percent what_share what_part
        what_fraction what_proportion fraction proportion share_of ratio what_portion %
        """,
    # Beside a share.
    "share glue": """
        relative_to what is in much part makes_up make_up share big comes up consist relative everything all whole
        else compared to overall total how there take takes account accounts for makes make represent represents
        written
        """,
    # Asks for the languages used most.
    "main": """
        break_down broken_down enjoys enjoy reach_for going_to goes_to turn_to turns_to order sort sorted least rely
        relies on show_up use_of typical mix split spread composition chart table two second secondary runner-up main
        primary strongest favourite favorite preferred best dominant top go-to most number_one no._1 most_used common
        frequent prevalent first default popular often frequently used mainly mostly usually primarily predominantly
        strong good fluent prefer prefers ranking rank ranked breakdown statistics stats distribution share usage use
        uses heavily typically different various chief comfortable leading proficient list all know knows how_many
        speak percent percentage size bytes number speaks by
        """,
    # Asks for the whole person.
    "profile": """
        who_am_i dealing_with
        sum tick apart set_apart sets_apart stand_for unique special strong_points strong_suits strong_suit superpower
        superpowers sum_up sums_up who_is_behind behind_this made_this built_this runs_this sort_of_developer
        type_of_developer elevator_pitch pitch in_what nutshell in_a_nutshell at_a_glance known good_at good_in
        best_at great_at strong_in skilled_at skilled_in skills skill_set skillset strengths strength expertise
        specialty specialties speciality specialities background bio profile summary summarise summarize overview
        introduction introduce describe description who_is tell_me say_about known_for specialise specialize
        specialises specializes specialised specialized experience areas area_of_expertise areas_of_expertise focus
        competences competencies capabilities talents forte famous_for excels résumé resume kind_of sort_of type_of
        do_best does_best work_on works_on
        """,
    # Names a person by itself.
    "person profile": """
        who_am_i bio profile strengths skillset skill_set who_is_behind behind_this made_this built_this runs_this
        elevator_pitch what_kind_of what_sort_of what_type_of
        """,
    # Beside what asks for the person.
    "profile glue": """
        this behind repositories everything line words paragraph tend build builds page lines make makes strong good
        best skilled great about career technical strongest usual tell say write give show want need short brief quick
        main key core particularly mainly mostly usually developer engineer programmer coder person work kind like
        what can know thing things bring looks look more bit something little most areas do does for_a_living works
        portfolio projects stuff at_a_glance in_a_nutshell experience skills sentence sentences two three how
        professional software whose is i
        """,
    # Asks whether a role fits.
    "fit": """
        come_across_as pass_as hire do could_do pass count describe_as say_that more_of a_fit fits suit suits fitting
        work_as material hire_as look_like full-blown side type kind work fit make qualify good great suitable suited
        like well right mostly mainly rather considered apply call position role job match more candidate a_good_fit
        cut_out qualified capable able counts consider be strong senior junior real experienced skilled professional
        decent proper lead principal staff competent primarily describe called mid-level
        """,
    # Asks where to look.
    "highlight": """
        deserve deserves gem gems see_before look_first open pick entry_point standout standouts stand-out
        starting_point starting_place worth_reading must_see must-sees must-read first_page showpiece showpieces
        highlights highlight showcase flagship masterpiece masterpieces worth proud proudest worthwhile stand_out
        stands_out must-see look check start begin shines shine cream_of_the_crop crown_jewel crown_jewels pride
        recommend best_of
        """,
    # Asks where to look, by itself.
    "highlights": """
        gems gem must_reads highlights highlight showcase worth flagship masterpiece masterpieces best_of standout
        standouts stand-out entry_point starting_point starting_place showpiece showpieces must-see
        """,
    # Beside what asks where to look.
    "highlight glue": """
        should_i should_we i_should we_should should_one hurry before call next open pick time got spend couple
        of_minutes minutes good beginner recruiter writing about on belong page impressed interview which what for
        seconds half hour where should minute only if given first short look see read visit check recommend seeing
        looking proud limited most quick few busy little me want worth best in_case checking
        """,
    # The present.
    "now": """
        this_week this_month these_weeks in_recent_months in_recent_weeks lately recently right_now now currently
        these_days at_the_moment nowadays at_present of_late presently latest today last
        """,
    # What is worked on.
    "doing": """
        popped_up going_on going started starting stopped happening_here keeping_busy tackling tackled cooked_up
        worked_on working_on work_on up_to published publish putting releasing shipping making cooking tinkering
        messing working work worked doing do done up coding building build built make made create created start write
        written pushed push new changed happened happening busy hacking focusing focused ship shipped release released
        update updated launched launch
        """,
    # What pushes are called.
    "touching": """
        activity start started begin began begun active pushing pushes commit commits touched_last updated update
        pushed changed modified edited committed maintained touched
        """,
    # What creation is called.
    "creating": """
        popped_up came_out building making build built make made create created start started new write written
        launched launch release released publish published ship shipped
        """,
}
